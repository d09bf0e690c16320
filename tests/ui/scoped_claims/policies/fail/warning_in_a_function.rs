#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/warning_in_a_function.sql")]
struct Tenant {
    tenant_id: String,
}

fn main() {}
