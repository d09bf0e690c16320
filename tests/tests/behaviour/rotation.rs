//! A project signs with another key while requests run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use scoped_runtime::{RotateNow, SigningKey};
use serde_json::{Map, Value};

use crate::support::{ALICE, BOB, SECRET, arrived, bearer, offline, project};

const NEW: &str = "another-secret-that-is-long-enough-too";

fn new_key() -> SigningKey {
    SigningKey::hs256(NEW).unwrap()
}

fn is_signed_with(token: &str, secret: &str) -> bool {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    decode::<Map<String, Value>>(token, &key, &rules).is_ok()
}

#[test]
fn new_clients_have_the_new_key_and_old_ones_take_it_at_their_next_renewal() {
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
fn rotate_now_replaces_tokens_at_once_and_shared_ones_too() {
    let (clients, _) = offline();
    let client = clients.get(ALICE).unwrap();
    clients.rotate(RotateNow(new_key()));
    let token = client.token().unwrap();
    assert!(is_signed_with(token.expose_secret(), NEW));
    let again = clients.get(ALICE).unwrap().token().unwrap();
    assert_eq!(token.expose_secret(), again.expose_secret());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_fails_and_none_leaves_with_the_old_key_afterwards() {
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
    clients.rotate(RotateNow(new_key()));
    rotated.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    for request in arrived(&server).await {
        let token = bearer(&request);
        let is_new = is_signed_with(token, NEW);
        assert!(is_new || is_signed_with(token, SECRET));
        assert!(is_new || request.url.path().ends_with("before"));
    }
}
