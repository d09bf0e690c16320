//! One claim from the migration to the row: it gives access to rows as long as SQL and struct agree on its
//! name. If the SQL renames it, the struct no longer compiles:
//! `tests/ui/scoped_claims/policies/fail/renamed_in_the_sql.rs`.
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and says what it found"
)]

use scoped_runtime::testing::LocalSupabase;
use scoped_runtime::{ScopedClaims, ScopedClient, ScopedClients, scoped_claims};
use serde::Deserialize;
use uuid::Uuid;

#[scoped_claims(policies = "drift/migrations")]
struct Tenant {
    tenant_id: Uuid,
}

const ACME: Uuid = Uuid::from_u128(0xacfe_0000_0000_4000_8000_0000_0000_0001);
const GLOBEX: Uuid = Uuid::from_u128(0x910b_e000_0000_4000_8000_0000_0000_0002);
const ALICE: Uuid = Uuid::from_u128(0xa11c_e000_0000_4000_8000_0000_0000_0001);
const BOB: Uuid = Uuid::from_u128(0xb0b0_0000_0000_4000_8000_0000_0000_0002);

#[derive(Deserialize)]
struct Board {
    tenant_id: Uuid,
    title: String,
}

async fn titles<C: ScopedClaims>(client: &ScopedClient<C>, tenant: Uuid) -> Vec<String> {
    let boards = client.from("boards").select("*").order("id");
    let boards: Vec<Board> = boards.fetch().await.unwrap();
    assert!(boards.iter().all(|board| board.tenant_id == tenant));
    boards.into_iter().map(|board| board.title).collect()
}

#[tokio::test]
async fn a_uuid_claim_gives_access_to_the_rows_of_its_tenant_only() {
    let server = LocalSupabase::with("drift/migrations").await.unwrap();
    let clients = ScopedClients::new(server.config().unwrap()).unwrap();
    let of = |user: Uuid, tenant_id| clients.user(user).claims(Tenant { tenant_id }).client();

    let alice = of(ALICE, ACME).unwrap();
    assert_eq!(titles(&alice, ACME).await, ["Anvils", "Rockets"]);
    let bob = of(BOB, GLOBEX).unwrap();
    assert_eq!(titles(&bob, GLOBEX).await, ["Orbits"]);
    let stranger = Uuid::nil();
    assert!(
        titles(&of(ALICE, stranger).unwrap(), stranger)
            .await
            .is_empty()
    );
    let without = clients.get(ALICE).unwrap();
    assert!(titles(&without, ACME).await.is_empty());
}
