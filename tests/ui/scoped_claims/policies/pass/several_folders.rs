#![deny(deprecated)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies("ui/scoped_claims/policies/sql/history/*.sql", "ui/scoped_claims/policies/sql/later.sql"))]
struct Tenant {
    tenant_id: String,
}

pub(crate) fn main() {}
