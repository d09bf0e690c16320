#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/warning_of_a_role_that_bypasses.sql")]
struct Tenant {
    tenant_id: String,
}

fn main() {}
