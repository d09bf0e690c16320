//! After a client was closed, neither it nor a client or query made from it sends a request.

use std::time::Duration;

use scoped_runtime::{ClientError, Error, ScopedClient};

use crate::support::{ALICE, BOB, project};

async fn is_closed(client: &ScopedClient) -> bool {
    let closed = |error: Error| matches!(error, Error::Client(ClientError::Closed));
    let query = client
        .from("notes")
        .execute()
        .await
        .err()
        .is_some_and(closed);
    let request = client.request("GET", "functions/v1/f").execute().await;
    let native = client.execute(client.native("t").select("*")).await;
    let all = [
        native.err().is_some_and(closed),
        request.err().is_some_and(closed),
        client.token().err().is_some_and(closed),
        client.token_async().await.err().is_some_and(closed),
        client.from("t").into_builder().err().is_some_and(closed),
        client.narrow().client().err().is_some_and(closed),
    ];
    assert!(all.iter().all(|one| *one == query), "{all:?}, {query}");
    query
}

#[tokio::test]
async fn closing_a_client_closes_its_clones_queries_and_narrowed_clients() {
    let (server, clients, clock) = project().await;
    let client = clients.get(ALICE).unwrap();
    let (clone, schema) = (client.clone(), client.schema("api2"));
    let narrowed = client.narrow().client().unwrap();
    let derived = narrowed.narrow().client().unwrap();
    let written = client.from("notes").select("*");
    let other = clients.get(ALICE).unwrap();

    narrowed.close();
    assert!(is_closed(&narrowed).await && is_closed(&derived).await);
    assert!(!is_closed(&client).await && !is_closed(&clone).await);
    let before = server.requests().len();
    client.close();
    clock.pass(Duration::from_hours(2));
    for ended in [&client, &clone, &schema, &derived] {
        assert!(is_closed(ended).await);
    }
    written.execute().await.unwrap_err();
    assert_eq!(server.requests().len(), before, "nothing left");
    assert!(
        !is_closed(&other).await,
        "another client of the same user is not closed"
    );
}

#[tokio::test]
async fn close_user_closes_all_clients_of_that_user_and_no_others() {
    let (_server, clients, _) = project().await;
    let first = clients.get(ALICE).unwrap();
    let second = clients.user(ALICE).claim("a", 1).auto_refresh(false);
    let second = second.client().unwrap();
    let narrowed = first.narrow().client().unwrap();
    let bob = clients.get(BOB).unwrap();
    let old = first.token().unwrap();

    clients.close_user(ALICE).unwrap();
    for ended in [&first, &second, &narrowed] {
        assert!(is_closed(ended).await);
    }
    assert!(!is_closed(&bob).await);
    let anew = clients.get(ALICE).unwrap();
    assert!(!is_closed(&anew).await);
    let new = anew.token().unwrap();
    assert_ne!(
        new.expose_secret(),
        old.expose_secret(),
        "the new client has a new token"
    );
    clients.close_user("nobody").unwrap_err();
    clients
        .close_user("00000000-0000-4000-8000-00000000000f")
        .unwrap();
}
