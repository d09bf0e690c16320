#![deny(deprecated)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/history/*.sql", "sql/later.sql"))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
