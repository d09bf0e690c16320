//! The struct of `tests/tests/drift.rs`, whose rows appear on the server, once the SQL renames its claim.

use scoped_runtime::scoped_claims;
use uuid::Uuid;

#[scoped_claims(policies("drift/migrations", "drift/renamed"))]
struct Tenant {
    #[claim(unread)]
    tenant_id: Uuid,
}

fn main() {}
