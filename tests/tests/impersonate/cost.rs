//! The attribute adds no signature, no allocation and only a few bytes to a function written by hand.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use scoped_runtime::{
    AuditSink, Error, MintRecord, ScopedClient, ScopedClients, blocking, impersonate, scoped_claims,
};

use crate::support::{ALICE, BOB, config, offline};

const MOST_BYTES: usize = 512;

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

impl Tenant {
    fn acme() -> Self {
        Self {
            tenant_id: "acme".to_owned(),
        }
    }
}

async fn body<C>(db: &ScopedClient<C>) -> Result<usize, Error> {
    tokio::task::yield_now().await;
    Ok(format!("{db:?}").len())
}

#[impersonate(user = user, via = clients)]
async fn plain(
    clients: &ScopedClients,
    user: &str,
    #[scoped] db: ScopedClient,
) -> Result<usize, Error> {
    body(&db).await
}

async fn plain_by_hand(clients: &ScopedClients, user: &str) -> Result<usize, Error> {
    let db = clients.user(user).client()?;
    body(&db).await
}

#[impersonate(user = user, role = "reporting", expires_in = "5m", actor = "a", reason = "b", claims = Tenant::acme(), via = clients)]
async fn full(
    clients: &ScopedClients,
    user: &str,
    #[scoped] db: ScopedClient<Tenant>,
) -> Result<usize, Error> {
    body(&db).await
}

async fn full_by_hand(clients: &ScopedClients, user: &str) -> Result<usize, Error> {
    let builder = clients.user(user).role("reporting").actor("a").reason("b");
    let life = std::time::Duration::from_mins(5);
    let db = builder.expires_in(life).claims(Tenant::acme()).client()?;
    body(&db).await
}

#[impersonate(via = clients)]
async fn several(
    clients: &ScopedClients,
    user: &str,
    #[scoped(user = user)] a: ScopedClient,
    #[scoped(user = BOB, claims = load().await?)] b: ScopedClient<Tenant>,
) -> Result<usize, Error> {
    Ok(body(&a).await? + body(&b).await?)
}

async fn load() -> Result<Tenant, Error> {
    tokio::task::yield_now().await;
    Ok(Tenant::acme())
}

async fn several_by_hand(clients: &ScopedClients, user: &str) -> Result<usize, Error> {
    let a = clients.user(user).client()?;
    let b = clients.user(BOB).claims(load().await?).client()?;
    Ok(body(&a).await? + body(&b).await?)
}

#[impersonate(user = user, via = clients)]
fn in_a_thread(
    clients: &blocking::ScopedClients,
    user: &str,
    #[scoped] db: blocking::ScopedClient,
) -> Result<usize, Error> {
    Ok(format!("{db:?}").len())
}

/// An audit sink that counts the minted tokens.
#[derive(Debug, Clone, Default)]
struct Mints(Arc<AtomicUsize>);

impl AuditSink for Mints {
    fn record(&self, _: &MintRecord<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test]
async fn the_second_call_for_a_user_and_claims_signs_nothing() {
    let mints = Mints::default();
    let config = config("https://project.test").audit(mints.clone()).build();
    let clients = ScopedClients::new(config.unwrap()).unwrap();
    let threads = blocking::ScopedClients::from(clients.clone());
    let signed = || mints.0.load(Ordering::Relaxed);
    for _ in 0..100 {
        plain(&clients, ALICE).await.unwrap();
        in_a_thread(&threads, ALICE).unwrap();
    }
    assert_eq!(signed(), 1, "one signature for the calls of both functions");
    for _ in 0..100 {
        full(&clients, ALICE).await.unwrap();
        several(&clients, ALICE).await.unwrap();
    }
    assert_eq!(
        signed(),
        3,
        "one more for other claims, and one for another user"
    );
}

#[test]
fn a_future_is_hardly_larger_than_one_written_by_hand() {
    let (clients, _) = offline();
    let sizes = [
        (
            size_of_val(&plain(&clients, ALICE)),
            size_of_val(&plain_by_hand(&clients, ALICE)),
        ),
        (
            size_of_val(&full(&clients, ALICE)),
            size_of_val(&full_by_hand(&clients, ALICE)),
        ),
        (
            size_of_val(&several(&clients, ALICE)),
            size_of_val(&several_by_hand(&clients, ALICE)),
        ),
    ];
    println!("(ours, by hand): {sizes:?}");
    for (ours, by_hand) in sizes {
        assert!(ours <= by_hand + MOST_BYTES, "{sizes:?}");
    }
}

/// Returns the number of allocations of a whole call: the minimum of several calls, because caches grow
/// occasionally.
fn allocations<F: Future<Output = Result<usize, Error>>>(work: impl Fn() -> F) -> Option<u64> {
    let mut context = Context::from_waker(Waker::noop());
    let mut once = || {
        let mut work = pin!(work());
        let memory =
            allocation_counter::measure(|| while work.as_mut().poll(&mut context).is_pending() {});
        memory.count_total
    };
    (0..10).map(|_| once()).min()
}

#[tokio::test]
async fn a_call_allocates_what_one_written_by_hand_does() {
    let (clients, _) = offline();
    let (full, full_by_hand) = (
        allocations(|| full(&clients, ALICE)),
        allocations(|| full_by_hand(&clients, ALICE)),
    );
    assert_eq!(full, full_by_hand);
    let (several, several_by_hand) = (
        allocations(|| several(&clients, ALICE)),
        allocations(|| several_by_hand(&clients, ALICE)),
    );
    assert_eq!(several, several_by_hand);
}
