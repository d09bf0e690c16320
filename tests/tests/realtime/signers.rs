//! A signer that cannot be reached while channels need a token.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{Algorithm, ClientError, Error, Rotation, Signer, SigningKey};
use serde_json::json;

use crate::support::{
    ALICE, Project, SECRET, ending, interrupted, is_silent, private_room, reconnected,
    while_passing,
};

/// More than the longest first pause before a channel is joined again.
const PAUSE: Duration = Duration::from_secs(3);

/// A signer that cannot be reached.
#[derive(Debug, Clone, Default)]
struct Away(Arc<AtomicUsize>);

impl Signer for Away {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn key_id(&self) -> &'static str {
        "away"
    }

    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err("the signer is away".into())
    }
}

#[tokio::test]
async fn a_signer_that_is_away_is_asked_again_after_a_pause_until_it_signs() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let clients = project.clients_with(clock.clone());
    let alice = clients.get(ALICE).unwrap();
    let mut room = private_room(&alice).subscribe().await.unwrap();
    let away = Away::default();
    let asked = || away.0.load(Ordering::SeqCst);
    let back = || clients.rotate(SigningKey::hs256(SECRET).unwrap());

    // The token has not ended by our clock, so only the refusal calls for another one.
    clients.rotate(Rotation::signer(away.clone()).unwrap());
    let fail = json!({ "fail": { "topic": "room", "message": "Token has expired 0 seconds ago" } });
    project.control(fail).await;
    interrupted(&mut room).await;
    assert!(is_silent(&mut room).await);
    assert!((1..=3).contains(&asked()), "{}", asked());
    back();
    while_passing(&clock, PAUSE, reconnected(&mut room)).await;

    // Here the token has ended, and a connection is open that waits for one.
    clients.rotate(Rotation::signer(away.clone()).unwrap());
    clock.pass(Duration::from_secs(3601));
    project.control(json!({ "drop": null })).await;
    interrupted(&mut room).await;
    clock.pass(PAUSE);
    assert!(is_silent(&mut room).await);
    assert!(asked() <= 12, "{}", asked());
    assert_eq!(
        project.tokens("join").await.len(),
        2,
        "none without a token"
    );
    back();
    while_passing(&clock, PAUSE, reconnected(&mut room)).await;
    let joins: HashSet<_> = project.tokens("join").await.into_iter().collect();
    assert_eq!(joins.len(), 3, "each with a token of its own");
}

#[tokio::test]
async fn closing_a_client_that_waits_for_its_signer_ends_its_channels_at_once() {
    let project = Project::start().await;
    let clock = ManualClock::real();
    let clients = project.clients_with(clock.clone());
    let alice = clients.get(ALICE).unwrap();
    let mut room = private_room(&alice).subscribe().await.unwrap();
    let away = Away::default();
    clients.rotate(Rotation::signer(away.clone()).unwrap());
    clock.pass(Duration::from_secs(3601));
    // The signer has refused, and is not asked again before the clock moves.
    assert!(is_silent(&mut room).await);
    assert_eq!(away.0.load(Ordering::SeqCst), 1);
    alice.close();
    let error = ending(&mut room).await;
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
}
