//! A remote signer: which callers wait for it, how often it is asked, and which tokens are sent in the
//! meantime.

use std::collections::HashSet;
use std::time::Duration;

use scoped_runtime::{Error, Rotation, ScopedClient, ScopedClients, SigningKey, TokenError};
use tokio::task::JoinHandle;

use crate::key::vault::{Answer, KEY_ID, Vault};
use crate::support::{ALICE, SECRET, bearer, bearers, config, verified};

const HOUR: Duration = Duration::from_hours(1);
/// The age at which a token with a lifetime of an hour is due for renewal.
const DUE: Duration = Duration::from_mins(59);
const BOB: &str = "00000000-0000-4000-8000-00000000000b";
const OTHER_SECRET: &str = "another-secret-that-is-long-enough-for-hs256";

async fn token(client: &ScopedClient) -> String {
    let token = client.token_async().await.unwrap();
    token.expose_secret().to_owned()
}

/// Sends this number of requests, each in a task of its own.
fn requests(client: &ScopedClient, tasks: usize) -> Vec<JoinHandle<Result<(), Error>>> {
    (0..tasks)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.from("notes").execute().await.map(drop) })
        })
        .collect()
}

#[tokio::test]
async fn with_a_signer_token_is_an_error_until_token_async_was_awaited() {
    let vault = Vault::new();
    let (clients, _) = vault.offline();
    let client = clients.get(ALICE).unwrap();
    let error = client.token().unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::AwaitSigner)),
        "{error}"
    );
    assert_eq!(vault.asked(), 0);

    let awaited = token(&client).await;
    assert_eq!(verified(&awaited)["sub"], ALICE);
    let header = jsonwebtoken::decode_header(&awaited).unwrap();
    assert_eq!(header.kid.as_deref(), Some(KEY_ID));
    assert_eq!(client.token().unwrap().expose_secret(), awaited);
    assert_eq!(vault.asked(), 1);
}

#[tokio::test]
async fn a_query_is_sent_after_the_signer_has_answered() {
    let vault = Vault::new();
    let (server, clients, _) = vault.project().await;
    vault.next([Answer::SignsLater]);
    let request = requests(&clients.get(ALICE).unwrap(), 1).remove(0);
    vault.is_asked(1).await;
    assert!(server.requests().is_empty(), "sent without a token");
    vault.release();
    request.await.unwrap().unwrap();
    assert_eq!(verified(bearer(&server.only_request()))["sub"], ALICE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_due_token_is_signed_once_for_64_tasks_and_the_old_one_is_not_sent() {
    for _ in 0..5 {
        let vault = Vault::new();
        let (server, clients, clock) = vault.project().await;
        let client = clients.get(ALICE).unwrap();
        let old = token(&client).await;
        clock.pass(DUE);
        vault.next([Answer::SignsLater]);
        let requests = requests(&client, 64);
        vault.is_asked(2).await;
        vault.release();
        for request in requests {
            request.await.unwrap().unwrap();
        }
        assert_eq!(vault.asked(), 2, "one signature for each token");
        let sent: HashSet<_> = bearers(&server);
        assert_eq!(sent.len(), 1, "exactly one new token");
        assert!(!sent.contains(&old), "the old token was not sent");
    }
}

#[tokio::test]
async fn a_signature_in_progress_survives_callers_that_are_cancelled() {
    // The number of callers that stay, beside two that are cancelled: the one that started the signature,
    // and one that joined it.
    for stay in [0, 1, 5] {
        let vault = Vault::new();
        let (server, clients, clock) = vault.project().await;
        let client = clients.get(ALICE).unwrap();
        token(&client).await;
        clock.pass(DUE);
        vault.next([Answer::SignsLater]);
        let gone = requests(&client, 2);
        vault.is_asked(2).await;
        let staying = requests(&client, stay);
        tokio::task::yield_now().await;
        for gone in gone {
            gone.abort();
            assert!(gone.await.unwrap_err().is_cancelled());
        }
        vault.release();
        for request in staying.into_iter().chain(requests(&client, 1)) {
            request.await.unwrap().unwrap();
        }
        assert_eq!(vault.asked(), 2, "{stay} callers stay");
        assert_eq!(bearers::<HashSet<_>>(&server).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_callers_timeout_the_next_caller_gets_the_same_signature() {
    let vault = Vault::new();
    let (clients, _) = vault.offline();
    let client = clients.get(ALICE).unwrap();
    vault.next([Answer::SignsLater]);
    for _ in 0..3 {
        let impatient = tokio::time::timeout(Duration::from_millis(100), client.token_async());
        assert!(impatient.await.is_err());
    }
    vault.release();
    verified(&token(&client).await);
    assert_eq!(vault.asked(), 1);
}

#[test]
fn a_signature_survives_the_runtime_it_was_started_on() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    };
    let vault = Vault::new();
    let (clients, _) = vault.offline();
    let client = clients.get(ALICE).unwrap();
    vault.next([Answer::SignsLater]);
    runtime().block_on(async {
        let impatient = tokio::time::timeout(Duration::from_millis(100), client.token_async());
        assert!(impatient.await.is_err());
    });
    runtime().block_on(async {
        let waiting = client.clone();
        let waiting = tokio::spawn(async move { token(&waiting).await });
        tokio::task::yield_now().await;
        vault.release();
        verified(&waiting.await.unwrap());
    });
    assert_eq!(vault.asked(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_when_it_is_due_and_not_earlier() {
    let vault = Vault::new();
    let (clients, clock) = vault.offline();
    let client = clients.get(ALICE).unwrap();
    let first = token(&client).await;
    clock.pass(Duration::from_secs(3539));
    assert_eq!(token(&client).await, first);
    clock.pass(Duration::from_secs(1));
    let second = token(&client).await;
    assert_ne!(second, first);
    assert_eq!(client.token().unwrap().expose_secret(), second);
    assert_eq!(vault.asked(), 2);
}

#[tokio::test]
async fn a_token_that_is_due_when_its_signature_arrives_is_still_used() {
    let vault = Vault::new();
    let (clients, clock) = vault.offline();
    let life = |client: scoped_runtime::ScopedClientBuilder| {
        client
            .expires_in(Duration::from_secs(10))
            .refresh_before(Duration::from_secs(8))
            .client()
            .unwrap()
    };
    let client = life(clients.user(ALICE));
    vault.next([Answer::SignsLater]);
    let waiting = tokio::spawn(async move { token(&client).await });
    vault.is_asked(1).await;
    clock.pass(Duration::from_secs(6));
    vault.release();
    verified(&waiting.await.unwrap());
    assert_eq!(vault.asked(), 1);
}

#[tokio::test]
async fn without_auto_refresh_the_signer_signs_once() {
    let vault = Vault::new();
    let (clients, clock) = vault.offline();
    let client = clients.user(ALICE).auto_refresh(false).client().unwrap();
    let first = token(&client).await;
    clock.pass(Duration::from_secs(3599));
    assert_eq!(token(&client).await, first);
    clock.pass(Duration::from_secs(1));
    let error = client.token_async().await.unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
    assert_eq!(vault.asked(), 1);
}

#[tokio::test]
async fn one_user_s_signature_does_not_wait_for_another_s() {
    let vault = Vault::new();
    let (clients, _) = vault.offline();
    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    vault.next([Answer::SignsLater, Answer::Signs]);
    let waiting = tokio::spawn(async move { token(&alice).await });
    vault.is_asked(1).await;
    assert_eq!(verified(&token(&bob).await)["sub"], BOB);
    assert!(!waiting.is_finished());
    vault.release();
    assert_eq!(verified(&waiting.await.unwrap())["sub"], ALICE);
}

#[tokio::test]
async fn after_rotate_no_request_is_sent_with_a_signature_of_the_old_signer() {
    for answer in [Answer::SignsLater, Answer::FailsLater] {
        for at_once in [true, false] {
            let vault = Vault::new();
            let (server, clients, clock) = vault.project().await;
            let client = clients.get(ALICE).unwrap();
            token(&client).await;
            clock.pass(if at_once { DUE } else { HOUR });
            vault.next([answer]);
            let waiting = requests(&client, 8);
            vault.is_asked(2).await;
            rotate(&clients, at_once);
            for request in requests(&client, 8) {
                request.await.unwrap().unwrap();
            }
            vault.release();
            for request in waiting {
                request.await.unwrap().unwrap();
            }
            requests(&client, 1).remove(0).await.unwrap().unwrap();
            let sent: HashSet<_> = bearers(&server);
            assert_eq!(sent.len(), 1, "{answer:?}, at once: {at_once}");
            assert!(sent.iter().all(|token| is_of_the_new_key(token)));
            assert_eq!(vault.asked(), 2, "no further signature");
        }
    }
}

fn rotate(clients: &ScopedClients, at_once: bool) {
    let key = SigningKey::hs256(OTHER_SECRET).unwrap();
    if at_once {
        clients.rotate(Rotation::from(key).at_once());
    } else {
        clients.rotate(key);
    }
}

fn is_of_the_new_key(token: &str) -> bool {
    let key = jsonwebtoken::DecodingKey::from_secret(OTHER_SECRET.as_bytes()).expect("a secret");
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    rules.set_audience(&["authenticated"]);
    rules.validate_exp = false;
    jsonwebtoken::decode::<serde_json::Value>(token, &key, &rules).is_ok()
}

#[test]
fn a_signer_beside_a_key_is_refused() {
    let url = "https://project.test";
    let key = SigningKey::hs256(SECRET).unwrap();
    let both = [
        config(url).signer(Vault::new()),
        Vault::new().config(url).signing_key(key.clone()),
        config(url).signer(Vault::new()).signing_key(key),
    ];
    for config in both {
        let error = config.build().unwrap_err();
        assert_eq!(error.field(), "signer");
        assert!(error.reason().contains("is set beside"), "{error}");
    }
}

#[test]
fn a_signer_without_a_key_id_is_refused() {
    let vault = Vault::new().without_key_id();
    let error = vault.config("https://project.test").build().unwrap_err();
    assert_eq!((error.field(), error.reason()), ("signer", "has no key ID"));
}
