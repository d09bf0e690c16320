#![deny(deprecated)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies("ui/scoped_claims/policies/sql/two_tables.sql", tables = ["documents"]))]
struct Tenant {
    tenant: String,
}

pub(crate) fn main() {}
