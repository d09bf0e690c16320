//! A closed client runs nothing more, and waits for nothing.

use std::time::Duration;

use scoped_runtime::{ClientError, Error};

use crate::identity::claims;
use crate::support::{ALICE, World};

#[tokio::test]
async fn closing_ends_statements_of_every_clone() {
    let world = World::new().await;
    let alice = world.alice();
    let kinds = [
        alice.postgres(),
        alice.read_only().postgres(),
        alice.narrow().client().unwrap().postgres(),
    ];
    alice.close();
    for direct in &kinds {
        let error = claims(direct).await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Closed)),
            "{error}"
        );
    }
    let again = world.alice().postgres();
    claims(&again).await.unwrap();
    world.clients.close_user(ALICE).unwrap();
    assert!(matches!(
        claims(&again).await,
        Err(Error::Client(ClientError::Closed))
    ));
}

#[tokio::test]
async fn a_closed_client_does_not_wait_for_a_connection() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let (alice, bob) = (world.alice(), world.bob().postgres());
    let held = bob.transaction(async |_| {
        let waiting = alice.postgres();
        let waiting = tokio::spawn(async move { claims(&waiting).await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        alice.close();
        Ok::<_, Error>(waiting.await.unwrap())
    });
    let error = held.await.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
}
