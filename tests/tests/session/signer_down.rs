//! A signer that fails, hangs or returns invalid signatures: the cached token is used until it expires, and
//! then the error says why there is no new one.

use std::error::Error as _;
use std::time::Duration;

use scoped_runtime::testing;
use scoped_runtime::{AccessToken, Algorithm, Error, ScopedClient, ScopedClients, TokenError};
use scoped_tests::{ManualClock, spelled_out};

use crate::key::vault::{Answer, SEALED, Vault};
use crate::support::{ALICE, SECRET, START, bearer, server, verified};

const SECOND: Duration = Duration::from_secs(1);
/// The age at which a token with a lifetime of an hour is due for renewal, a minute before it expires.
const DUE: Duration = Duration::from_mins(59);

/// Returns the source of a signer's failure.
fn source(error: &Error) -> String {
    assert!(
        matches!(error, Error::Token(TokenError::Signer { .. })),
        "{error}"
    );
    error.source().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn while_the_signer_fails_the_cached_token_is_used_until_it_expires() {
    let vault = Vault::new();
    let (server, clients, clock) = vault.project().await;
    let client = clients.get(ALICE).unwrap();
    let first = client.token_async().await.unwrap();
    clock.pass(DUE);
    vault.always(Answer::Fails);
    for second in 1..=60 {
        for _ in 0..3 {
            client.from("notes").execute().await.unwrap();
        }
        assert!(vault.asked() <= 1 + second, "at most one attempt a second");
        clock.pass(SECOND);
    }
    assert_eq!(vault.asked(), 61, "one attempt each second");
    let requests = server.requests();
    assert_eq!(requests.len(), 180);
    assert!(
        requests
            .iter()
            .all(|it| bearer(it) == first.expose_secret())
    );

    // The cached token has expired.
    for _ in 0..3 {
        let error = client.from("notes").execute().await.unwrap_err();
        assert_eq!(source(&error), SEALED);
    }
    assert_eq!(
        server.requests().len(),
        180,
        "no request was sent with an expired token"
    );
    assert_eq!(vault.asked(), 62);

    vault.always(Answer::Signs);
    clock.pass(SECOND);
    client.from("notes").execute().await.unwrap();
    let requests = server.requests();
    let last = bearer(&requests[180]);
    assert_ne!(last, first.expose_secret());
    verified(last);
}

#[tokio::test]
async fn while_the_signer_hangs_the_cached_token_is_used_until_it_expires() {
    let vault = Vault::new();
    let clock = ManualClock::at(START);
    let config = vault
        .config("https://project.test")
        .clock(clock.clone())
        .signer_timeout(2 * SECOND);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    let first = client.token_async().await.unwrap();
    clock.pass(DUE);
    vault.always(Answer::SignsLater);
    for attempt in 1..=30 {
        // The first caller waits for a second. The next one does not wait until the signer has exceeded its
        // timeout.
        let token = after(&clock, SECOND, &client).await.unwrap();
        assert_eq!(token.expose_secret(), first.expose_secret());
        let token = client.token_async().await.unwrap();
        assert_eq!(token.expose_secret(), first.expose_secret());
        assert_eq!(vault.asked(), 1 + attempt);
        clock.pass(SECOND);
    }
    let error = after(&clock, 2 * SECOND, &client).await.unwrap_err();
    let Error::Token(TokenError::SignerTimeout { after, .. }) = &error else {
        panic!("{error}")
    };
    assert_eq!(*after, 2 * SECOND);
    assert!(!spelled_out(&error).contains(signature_of(first.expose_secret())));

    vault.always(Answer::Signs);
    clock.pass(2 * SECOND);
    let new = client.token_async().await.unwrap();
    verified(new.expose_secret());
}

/// Returns the token that is available after exactly this time on the project's clock.
async fn after(
    clock: &ManualClock,
    time: Duration,
    client: &ScopedClient,
) -> Result<AccessToken, Error> {
    const BEFORE: Duration = Duration::from_millis(1);
    let client = client.clone();
    let asking = tokio::spawn(async move { client.token_async().await });
    while clock.sleepers(time) == 0 {
        tokio::task::yield_now().await;
    }
    let almost = time.saturating_sub(BEFORE);
    assert_eq!(clock.sleepers(almost), 0);
    clock.pass(almost);
    tokio::task::yield_now().await;
    assert!(!asking.is_finished());
    clock.pass(BEFORE);
    asking.await.unwrap()
}

#[tokio::test]
async fn a_panic_of_the_signer_is_an_error_and_the_next_attempt_succeeds() {
    let vault = Vault::new();
    let (clients, clock) = vault.offline();
    let client = clients.get(ALICE).unwrap();
    vault.next([Answer::Panics]);
    let (one, other) = tokio::join!(client.token_async(), client.token_async());
    for error in [one.unwrap_err(), other.unwrap_err()] {
        assert_eq!(source(&error), "the signer or the audit sink panicked");
    }
    clock.pass(SECOND);
    let token = client.token_async().await.unwrap();
    verified(token.expose_secret());
    assert_eq!(vault.asked(), 2);
}

#[tokio::test]
async fn a_signature_of_the_wrong_length_is_refused_before_sending() {
    let wrong = [
        (Algorithm::Hs256, 0),
        (Algorithm::Hs256, 31),
        (Algorithm::Hs256, 64),
        // Lengths of signatures in DER.
        (Algorithm::Es256, 70),
        (Algorithm::Es256, 71),
        (Algorithm::Es256, 72),
        (Algorithm::Es256, 96),
        (Algorithm::EdDsa, 63),
        (Algorithm::Rs256, 128),
        (Algorithm::Rs256, 1 << 20),
    ];
    for (algorithm, bytes) in wrong {
        let vault = Vault::of(algorithm);
        vault.always(Answer::Bytes(bytes));
        let (server, clients, _) = vault.project().await;
        let query = clients.get(ALICE).unwrap().from("notes");
        let source = source(&query.execute().await.unwrap_err());
        assert!(
            source.contains(algorithm.name()) && source.contains(&format!("{bytes} bytes")),
            "{source}"
        );
        assert!(server.requests().is_empty());
    }
    for (algorithm, bytes) in [
        (Algorithm::Es256, 64),
        (Algorithm::EdDsa, 64),
        (Algorithm::Rs256, 256),
        (Algorithm::Rs256, 512),
    ] {
        let vault = Vault::of(algorithm);
        vault.always(Answer::Bytes(bytes));
        let (clients, _) = vault.offline();
        clients.get(ALICE).unwrap().token_async().await.unwrap();
    }
}

#[tokio::test]
async fn while_the_signer_fails_a_token_refused_as_expired_is_not_sent_again() {
    let vault = Vault::new();
    let server = server(testing::Answer::expired_token()).await;
    let clients = ScopedClients::new(vault.config(&server.url()).build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    vault.next([Answer::Signs, Answer::Fails]);
    let error = client.from("notes").execute().await.unwrap_err();
    assert_eq!(source(&error), SEALED);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn errors_show_no_token() {
    for answer in [Answer::Fails, Answer::Panics, Answer::Bytes(33)] {
        let vault = Vault::new();
        let (clients, clock) = vault.offline();
        let client = clients.get(ALICE).unwrap();
        let mut errors = vec![client.token().unwrap_err()];
        let token = client.token_async().await.unwrap();
        clock.pass(2 * DUE);
        vault.always(answer);
        errors.push(client.token_async().await.unwrap_err());
        for error in errors {
            let text = spelled_out(&error);
            for part in token.expose_secret().split('.').chain([SECRET]) {
                assert!(!text.contains(part), "{text}");
            }
        }
    }
}

fn signature_of(token: &str) -> &str {
    token.rsplit('.').next().unwrap_or_default()
}
