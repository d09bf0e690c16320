//! Rotation of the signing key while requests run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use scoped_runtime::{Rotation, SigningKey};
use serde_json::{Map, Value};

use crate::support::{ALICE, BOB, SECRET, bearer, offline, project};

const NEW: &str = "another-secret-that-is-long-enough-too";

fn new_key() -> SigningKey {
    SigningKey::hs256(NEW).unwrap()
}

fn is_signed_with(token: &str, secret: &str) -> bool {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_secret(secret.as_bytes()).expect("a secret");
    decode::<Map<String, Value>>(token, &key, &rules).is_ok()
}

#[test]
fn after_rotate_new_clients_use_the_new_key_and_old_ones_at_renewal() {
    let (clients, clock) = offline();
    let old = clients.get(ALICE).unwrap();
    clients.rotate(new_key());
    let new = clients.get(BOB).unwrap();
    let signed = |client: &scoped_runtime::ScopedClient, secret| {
        is_signed_with(client.token().unwrap().expose_secret(), secret)
    };
    assert!(signed(&new, NEW) && signed(&old, SECRET));
    clock.pass(Duration::from_hours(1));
    assert!(signed(&new, NEW) && signed(&old, NEW));
}

#[test]
fn a_rotation_at_once_replaces_cached_and_shared_tokens() {
    let (clients, _) = offline();
    let client = clients.get(ALICE).unwrap();
    clients.rotate(Rotation::from(new_key()).at_once());
    let token = client.token().unwrap();
    assert!(is_signed_with(token.expose_secret(), NEW));
    let again = clients.get(ALICE).unwrap().token().unwrap();
    assert_eq!(token.expose_secret(), again.expose_secret());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_during_a_rotation_at_once_succeed_and_later_ones_use_the_new_key() {
    let (server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    let rotated = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (client, rotated) = (client.clone(), Arc::clone(&rotated));
            tokio::spawn(async move {
                let mut after = 0;
                while after < 5 {
                    after += usize::from(rotated.load(Ordering::SeqCst));
                    let phase = if after > 0 { "after" } else { "before" };
                    client.from(phase).execute().await.unwrap();
                }
            })
        })
        .collect();
    clients.rotate(Rotation::from(new_key()).at_once());
    rotated.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    for request in server.requests() {
        let token = bearer(&request);
        let is_new = is_signed_with(token, NEW);
        assert!(is_new || is_signed_with(token, SECRET));
        assert!(is_new || request.path().ends_with("before"));
    }
}

/// A key in an HSM. Its signatures are not valid.
#[derive(Debug)]
struct Hsm(&'static str);

impl scoped_runtime::Signer for Hsm {
    fn algorithm(&self) -> scoped_runtime::Algorithm {
        scoped_runtime::Algorithm::Es256
    }

    fn key_id(&self) -> &str {
        self.0
    }

    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(vec![7; 64])
    }
}

#[tokio::test]
async fn a_project_can_rotate_to_a_signer_and_back() {
    let (clients, clock) = offline();
    let client = clients.get(ALICE).unwrap();
    let error = Rotation::signer(Hsm("")).unwrap_err();
    assert_eq!(error.field(), "signer");
    clients.rotate(Rotation::signer(Hsm("hsm-1")).unwrap());
    assert!(is_signed_with(
        client.token().unwrap().expose_secret(),
        SECRET
    ));
    clock.pass(Duration::from_hours(1));
    let token = client.token_async().await.unwrap();
    let header = jsonwebtoken::decode_header(token.expose_secret()).unwrap();
    assert_eq!(header.kid.as_deref(), Some("hsm-1"));
    // Rotates back to a local key, with immediate effect.
    clients.rotate(Rotation::from(new_key()).at_once());
    assert!(is_signed_with(client.token().unwrap().expose_secret(), NEW));
    clients.rotate(Rotation::signer(Hsm("hsm-2")).unwrap().at_once());
    let token = client.token_async().await.unwrap();
    let header = jsonwebtoken::decode_header(token.expose_secret()).unwrap();
    assert_eq!(header.kid.as_deref(), Some("hsm-2"));
}

#[test]
fn after_concurrent_rotations_the_verifier_accepts_the_minters_tokens() {
    use scoped_runtime::NoClaims;

    let keys = ["one", "two"].map(|name| format!("{name}-secret-that-is-long-enough-for-hs256"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.unwrap();
    for _ in 0..200 {
        let (clients, _) = offline();
        std::thread::scope(|scope| {
            for key in &keys {
                let clients = &clients;
                scope.spawn(move || {
                    let key = SigningKey::hs256(key.as_str()).unwrap();
                    clients.rotate(Rotation::from(key).at_once());
                });
            }
        });
        let token = clients.get(ALICE).unwrap().token().unwrap();
        let verified = clients.verifier().verify::<NoClaims>(token.expose_secret());
        runtime
            .block_on(verified)
            .expect("the token is signed with the trusted key");
    }
}
