#![deny(deprecated)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies("ui/scoped_claims/policies/sql/two_tables.sql", allow = ["tenant", "partner", "unread"]))]
struct Tenant {
    tenant_id: String,
}

pub(crate) fn main() {}
