#![deny(deprecated)]

use scoped_runtime::ScopedClaims;

#[derive(serde::Serialize, ScopedClaims)]
#[claims(policies("sql/two_tables.sql", tables = ["documents"]))]
struct Tenant {
    #[serde(rename = "tenant")]
    tenant_id: String,
}

fn main() {}
