//! Tokens are renewed once before they expire, and every request carries a valid token.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{Error, ScopedClient, TokenError};
use serde_json::json;

use crate::support::{
    ALICE, bearer, bearers, clock_seconds, config, offline, project, server, verified,
};

const HOUR: Duration = Duration::from_hours(1);

fn token(client: &ScopedClient) -> String {
    client.token().unwrap().expose_secret().to_owned()
}

#[test]
fn a_token_is_reused_until_60_seconds_before_it_expires() {
    let (clients, clock) = offline();
    let client = clients.get(ALICE).unwrap();
    let first = token(&client);
    clock.pass(HOUR.checked_sub(Duration::from_secs(61)).unwrap());
    assert_eq!(token(&client), first);
    clock.pass(Duration::from_secs(1));
    assert_ne!(token(&client), first);
}

#[test]
fn a_renewed_token_lives_as_long_as_the_first_and_clones_share_it() {
    let (clients, clock) = offline();
    let client = clients.get(ALICE).unwrap();
    let clone = client.clone();
    clock.pass(2 * HOUR);
    let renewed = token(&client);
    let claims = verified(&renewed);
    assert_eq!(claims["exp"], clock_seconds(&clock) + 3600);
    assert_eq!(token(&clone), renewed);
}

#[test]
fn refresh_before_moves_the_renewal() {
    let (clients, clock) = offline();
    let client = clients
        .user(ALICE)
        .expires_in(Duration::from_secs(100))
        .refresh_before(Duration::from_secs(30))
        .client()
        .unwrap();
    let first = token(&client);
    clock.pass(Duration::from_secs(69));
    assert_eq!(token(&client), first);
    clock.pass(Duration::from_secs(1));
    assert_ne!(token(&client), first);
}

#[test]
fn after_the_wall_clock_jumps_tokens_are_still_valid() {
    for jump in [HOUR * 24 * 365, HOUR * 2, Duration::from_secs(90)] {
        let (clients, clock) = offline();
        let client = clients.get(ALICE).unwrap();
        for back in [false, true] {
            if back {
                clock.jump_back(2 * jump);
            } else {
                clock.jump(jump);
            }
            let now = clock_seconds(&clock);
            let claims = verified(&token(&client));
            assert!(
                claims["iat"].as_u64().unwrap() <= now,
                "the token was issued in the past"
            );
            assert!(
                claims["exp"].as_u64().unwrap() > now,
                "the token has not expired"
            );
        }
    }
}

#[test]
fn a_wall_clock_set_back_does_not_delay_the_renewal() {
    let (clients, clock) = offline();
    let client = clients.get(ALICE).unwrap();
    clock.pass(HOUR / 2);
    clock.jump_back(HOUR / 4);
    let first = token(&client);
    // The mint was 59 minutes ago by the monotonic clock, and 44 minutes ago by the wall clock.
    clock.pass((HOUR / 2).checked_sub(Duration::from_mins(1)).unwrap());
    assert_ne!(token(&client), first);
}

#[test]
fn without_auto_refresh_the_token_is_used_until_it_expires() {
    let (clients, clock) = offline();
    let client = clients.user(ALICE).auto_refresh(false).client().unwrap();
    let first = token(&client);
    clock.pass(HOUR.checked_sub(Duration::from_secs(1)).unwrap());
    assert_eq!(token(&client), first);
    clock.pass(Duration::from_secs(1));
    let error = client.token().unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
}

#[tokio::test]
async fn without_auto_refresh_no_request_is_sent_after_the_expiry() {
    let (server, clients, clock) = project().await;
    let client = clients.user(ALICE).auto_refresh(false).client().unwrap();
    clock.pass(HOUR);
    client.from("notes").execute().await.unwrap_err();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_query_written_before_the_expiry_is_sent_with_a_valid_token() {
    let (server, clients, clock) = project().await;
    let client = clients.get(ALICE).unwrap();
    let query = client.from("notes").select("*");
    let old = token(&client);
    clock.pass(2 * HOUR);
    query.execute().await.unwrap();
    client.from("notes").execute().await.unwrap();
    let sent: Vec<_> = bearers(&server);
    assert!(!sent.contains(&old));
    assert_eq!(sent.into_iter().collect::<HashSet<_>>().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_due_token_is_renewed_once_for_64_tasks_and_64_threads() {
    for _ in 0..5 {
        let (server, clients, clock) = project().await;
        let client = clients.get(ALICE).unwrap();
        let old = token(&client);
        clock.pass(HOUR);

        let start = Arc::new(Barrier::new(64));
        let threads: Vec<_> = (0..64)
            .map(|_| {
                let (client, start) = (client.clone(), Arc::clone(&start));
                let runtime = tokio::runtime::Handle::current();
                std::thread::spawn(move || {
                    start.wait();
                    runtime.block_on(async { client.from("notes").execute().await })
                })
            })
            .collect();
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.from("notes").execute().await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        tokio::task::spawn_blocking(|| {
            for thread in threads {
                thread.join().unwrap().unwrap();
            }
        })
        .await
        .unwrap();

        let sent: Vec<_> = bearers(&server);
        assert_eq!(sent.len(), 128);
        let different: HashSet<_> = sent.into_iter().collect();
        assert_eq!(different.len(), 1, "exactly one new token");
        assert!(!different.contains(&old), "the old token was not sent");
    }
}

#[tokio::test]
async fn a_request_refused_as_expired_is_sent_again_with_a_new_token() {
    let server = Recorder::start().await.unwrap();
    server.answers([Answer::expired_token(), Answer::new(201).json(&json!([]))]);
    let client = client_of(&server);
    let inserted = client.from("notes").insert(json!({"body": "milk"}));
    assert_eq!(inserted.execute().await.unwrap().status(), 201);

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body(), requests[1].body());
    assert_eq!(requests[0].path(), requests[1].path());
    assert_eq!(requests[0].query(), requests[1].query());
    assert_ne!(bearer(&requests[0]), bearer(&requests[1]));
}

#[tokio::test]
async fn a_request_is_sent_at_most_twice_if_every_token_is_called_expired() {
    for code in ["PGRST303", "PGRST301"] {
        let server = server(Answer::error(401, code, "JWT expired")).await;
        let error = client_of(&server)
            .from("notes")
            .execute()
            .await
            .unwrap_err();
        let Error::Api(error) = error else {
            panic!("{error}")
        };
        assert!(error.is_expired_token());
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn another_401_is_an_error_at_once() {
    let refused = Answer::error(401, "PGRST301", "No suitable key or wrong key type");
    let server = server(refused).await;
    client_of(&server)
        .from("notes")
        .execute()
        .await
        .unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

fn client_of(server: &Recorder) -> ScopedClient {
    let config = config(&server.url()).build().unwrap();
    let clients = scoped_runtime::ScopedClients::new(config).unwrap();
    clients.get(ALICE).unwrap()
}
