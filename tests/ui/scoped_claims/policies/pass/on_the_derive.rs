#![deny(deprecated)]

use scoped_runtime::ScopedClaims;

#[derive(serde::Serialize, ScopedClaims)]
#[claims(policies("ui/scoped_claims/policies/sql/two_tables.sql", tables = ["documents"]))]
struct Tenant {
    #[serde(rename = "tenant")]
    tenant_id: String,
}

pub(crate) fn main() {}
