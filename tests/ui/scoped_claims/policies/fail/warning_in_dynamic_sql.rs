#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/warning_in_dynamic_sql.sql")]
struct Tenant {
    #[claim(unread)]
    tenant_id: String,
}

fn main() {}
