//! Requests after the expiry of a token. The tests move the project's clock, and the server checks the real
//! time.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use scoped_runtime::{ScopedClient, ScopedClients};
use scoped_tests::ManualClock;

use crate::support::{api, new_user, notes, project, write};

const TWO_HOURS: Duration = Duration::from_hours(2);

const SHORT: Duration = Duration::from_mins(5);

/// A project whose clock is two hours behind, so that the first token has already expired for the server.
async fn behind() -> (ScopedClients, ManualClock) {
    let clock = ManualClock::real();
    clock.jump_back(TWO_HOURS);
    let clients = project(|config| config.clock(clock.clone())).await;
    (clients, clock)
}

async fn expired(lifetime: Duration) -> (ScopedClient, ManualClock) {
    let (clients, clock) = behind().await;
    let client = clients.user(new_user()).expires_in(lifetime).client();
    (client.unwrap(), clock)
}

#[tokio::test]
async fn a_query_after_the_expiry_is_sent_with_a_valid_token() {
    let (client, clock) = expired(SHORT).await;
    clock.pass(TWO_HOURS);
    assert_eq!(write(&client, "later").await.body, "later");
    assert_eq!(notes(&client).await.len(), 1);
}

#[tokio::test]
async fn a_query_written_before_the_expiry_is_sent_with_a_valid_token() {
    let (client, clock) = expired(SHORT).await;
    let query = client.from("notes").select("*");
    clock.pass(TWO_HOURS);
    assert_eq!(query.execute().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_expiry_64_threads_send_queries_with_a_valid_token() {
    let (client, clock) = expired(SHORT).await;
    clock.pass(TWO_HOURS);
    let start = Arc::new(Barrier::new(64));
    let runtime = tokio::runtime::Handle::current();
    let threads: Vec<_> = (0..64)
        .map(|_| {
            let (client, start, runtime) = (client.clone(), Arc::clone(&start), runtime.clone());
            std::thread::spawn(move || {
                start.wait();
                runtime.block_on(async {
                    client
                        .from("notes")
                        .select("id")
                        .execute()
                        .await
                        .map(|it| it.status())
                })
            })
        })
        .collect();
    let answers = tokio::task::spawn_blocking(|| {
        let answers = threads.into_iter().map(|thread| thread.join().unwrap());
        answers.collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(answers.await.unwrap().unwrap(), [200; 64]);
}

#[tokio::test]
async fn a_token_from_a_slow_clock_is_refused_as_expired() {
    let (client, _clock) = expired(Duration::from_hours(1)).await;
    let error = api(client.from("notes").execute().await);
    assert!(error.is_expired_token(), "{error}");
    assert_eq!(error.status(), 401);
}
