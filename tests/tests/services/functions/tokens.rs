//! Tokens that end while a function runs.

use std::time::Duration;

use scoped_runtime::{ClientError, Config, Error, ScopedClient, SigningKey};
use scoped_tests::{ManualClock, NodeServer, generate_keys};
use serde_json::{Value, json};

use crate::support::{KEY, arrived, config, function_server, new_user, project, release};

const LIFETIME: Duration = Duration::from_mins(5);

async fn caller_with_clock() -> (ScopedClient, ManualClock) {
    let clock = ManualClock::real();
    let clients = project(config(&function_server().await.url()).clock(clock.clone()));
    let client = clients.user(new_user()).expires_in(LIFETIME).client();
    (client.unwrap(), clock)
}

/// The IDs of the tokens that have arrived.
async fn tokens(client: &ScopedClient) -> Vec<Value> {
    let log = arrived(client).await;
    log.into_iter()
        .map(|entry| entry["token"].clone())
        .collect()
}

#[tokio::test]
async fn a_stream_ends_well_after_its_token_has_ended_and_the_next_call_has_a_new_one() {
    let (alice, clock) = caller_with_clock().await;
    let hold = alice.user_id().to_string();
    let call = alice.functions().invoke("stream", ()).query("hold", &hold);
    let mut body = call.stream().await.unwrap();
    assert_eq!(&body.next_part().await.unwrap().unwrap()[..], b"one ");
    for _ in 0..2 {
        clock.pass(2 * LIFETIME);
        alice.functions().invoke("hello", ()).await.unwrap();
    }
    release(&hold).await;
    assert_eq!(&body.next_part().await.unwrap().unwrap()[..], b"two");
    assert!(body.next_part().await.is_none());
    alice.functions().invoke("hello", ()).await.unwrap();
    let tokens = tokens(&alice).await;
    assert_eq!(tokens.len(), 4);
    assert!(
        tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[2] == tokens[3],
        "{tokens:?}"
    );
}

#[tokio::test]
async fn events_go_on_after_their_token_has_ended() {
    let (alice, clock) = caller_with_clock().await;
    let hold = format!("{}-events", alice.user_id());
    let call = alice.functions().invoke("events", ()).query("hold", &hold);
    let mut events = call.events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().event, "delta");
    clock.pass(2 * LIFETIME);
    release(&hold).await;
    assert_eq!(events.next().await.unwrap().unwrap().data, "\nsecond line");
    assert_eq!(events.next().await.unwrap().unwrap().data, "[DONE]");
    assert!(events.next().await.is_none());
    alice.functions().invoke("hello", ()).await.unwrap();
    let tokens = tokens(&alice).await;
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn a_call_that_was_written_before_its_token_ended_is_sent_with_a_new_one() {
    let (alice, clock) = caller_with_clock().await;
    alice.functions().invoke("hello", ()).await.unwrap();
    let call = alice.functions().invoke("hello", ());
    clock.pass(2 * LIFETIME);
    call.await.unwrap();
    let tokens = tokens(&alice).await;
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn a_stream_that_falls_silent_ends_by_the_clock() {
    let (alice, clock) = caller_with_clock().await;
    let hold = format!("{}-silent", alice.user_id());
    let call = alice.functions().invoke("events", ()).query("hold", &hold);
    let mut events = call.events().await.unwrap();
    events.next().await.unwrap().unwrap();
    let idle = Duration::from_secs(30);
    let pass = async {
        while clock.sleepers(idle) == 0 {
            tokio::task::yield_now().await;
        }
        clock.pass(idle);
    };
    let (event, ()) = tokio::join!(events.next(), pass);
    let error = event.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Timeout { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn closing_a_client_ends_its_calls_and_its_streams() {
    let (alice, _clock) = caller_with_clock().await;
    let hold = format!("{}-closed", alice.user_id());
    let call = alice.functions().invoke("events", ()).query("hold", &hold);
    let mut events = call.events().await.unwrap();
    events.next().await.unwrap().unwrap();
    alice.close();
    let error = events.next().await.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
    let error = alice.functions().invoke("hello", ()).await.unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
}

#[tokio::test]
async fn a_function_is_called_with_tokens_of_the_projects_signing_key() {
    let keys = generate_keys(&["ES256", "ES256"]).await.unwrap();
    let trusted = json!({ "keys": [keys[0].public], "publishable": KEY });
    let server = NodeServer::start("functions/server.mjs", &trusted)
        .await
        .unwrap();
    let client = |key: usize| {
        let config = Config::builder()
            .environment(|_| None)
            .url(server.url())
            .api_key(KEY);
        let key = SigningKey::from_jwk(&keys[key].private.to_string()).unwrap();
        project(config.signing_key(key)).get(new_user()).unwrap()
    };
    let alice = client(0);
    let answer: Value = alice
        .functions()
        .invoke("hello", ())
        .await
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(answer["user"], alice.user_id().as_str());
    let error = client(1).functions().invoke("hello", ()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Function(error) if error.is_denied()),
        "{error}"
    );
}
