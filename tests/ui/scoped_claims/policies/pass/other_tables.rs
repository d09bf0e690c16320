#![deny(deprecated)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql", tables = ["documents"]))]
struct Tenant {
    tenant: String,
}

fn main() {}
