#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/warning_in_a_trigger.sql")]
struct Tenant {
    #[claim(unread)]
    tenant_id: String,
}

fn main() {}
