#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/warning_of_a_claim_that_nothing_reads.sql")]
struct Tenant {
    tenant_id: String,
    plan: String,
}

fn main() {}
