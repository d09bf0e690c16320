#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/missing_claim.sql", warn = ["tenant"], allow = ["tenant_id"]))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
