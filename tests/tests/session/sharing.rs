//! Clients share a token if and only if their content is equal.

use std::collections::HashSet;
use std::time::Duration;

use scoped_runtime::{Role, ScopedClient, ScopedClientBuilder, ScopedClients};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, config, offline};

fn token(client: &ScopedClient) -> String {
    client.token().unwrap().expose_secret().to_owned()
}

/// Clients that all differ from each other, one for each way to differ.
fn different(clients: &ScopedClients) -> Vec<ScopedClientBuilder> {
    let alice = || clients.user(ALICE);
    let claims: [Value; 9] = [
        json!({"a": "b"}),
        json!({"a": "c"}),
        json!({"a": 1}),
        json!({"a": "1"}),
        json!({"a": true}),
        json!({"ab": ""}),
        json!({"a": "b", "c": "d"}),
        json!({"a": ["b"]}),
        json!({"a": "b\",\"c\":\"d"}),
    ];
    let with = |claims: &Value| {
        let claims = claims.as_object().unwrap().iter();
        claims.fold(alice(), |builder, (name, value)| builder.claim(name, value))
    };
    let mut all: Vec<_> = claims.iter().map(with).collect();
    all.extend([
        alice(),
        clients.user(BOB),
        alice().role("reporting"),
        alice().expires_in(Duration::from_mins(30)),
        alice().refresh_before(Duration::from_mins(2)),
        alice().actor("a"),
        alice().actor("b"),
        alice().reason("a"),
        alice().reason("b"),
        alice().actor("a").reason("b"),
        alice().actor("b").reason("a"),
        alice().claim("actor", "a"),
        alice().claim("reason", "a"),
    ]);
    all
}

#[test]
fn clients_share_a_token_if_and_only_if_their_content_is_equal() {
    let (clients, _) = offline();
    let tokens = || -> Vec<String> {
        let all = different(&clients).into_iter();
        all.map(|builder| token(&builder.client().unwrap()))
            .collect()
    };
    let (first, second) = (tokens(), tokens());
    assert_eq!(first, second, "clients with equal content share a token");
    let distinct: HashSet<_> = first.iter().collect();
    assert_eq!(
        distinct.len(),
        first.len(),
        "clients with different content do not"
    );
}

#[test]
fn clients_of_two_projects_share_no_token() {
    let (one, other) = (offline().0, offline().0);
    assert_ne!(
        token(&one.get(ALICE).unwrap()),
        token(&other.get(ALICE).unwrap())
    );
}

#[test]
fn a_shared_token_is_renewed_once_for_all_its_clients() {
    let (clients, clock) = offline();
    let (one, other) = (clients.get(ALICE).unwrap(), clients.get(ALICE).unwrap());
    let old = token(&one);
    clock.pass(Duration::from_hours(1));
    let new = token(&other);
    assert_ne!(new, old);
    assert_eq!(token(&one), new);
    assert_eq!(token(&clients.get(ALICE).unwrap()), new);
}

#[test]
fn clients_without_auto_refresh_share_no_token() {
    let (clients, _) = offline();
    let alone = || clients.user(ALICE).auto_refresh(false).client().unwrap();
    assert_ne!(token(&alone()), token(&alone()));
}

#[test]
fn shared_sessions_zero_disables_sharing_and_its_number_bounds_the_cache() {
    let clients = |sessions| {
        let config = config("https://project.test").shared_sessions(sessions);
        ScopedClients::new(config.build().unwrap()).unwrap()
    };
    let none = clients(0);
    assert_ne!(
        token(&none.get(ALICE).unwrap()),
        token(&none.get(ALICE).unwrap())
    );

    // The cache never keeps more sessions than configured.
    let few = clients(8);
    let all = || -> Vec<String> {
        let clients = (0..1000).map(|index| few.user(BOB).claim("n", index).client());
        clients.map(|client| token(&client.unwrap())).collect()
    };
    let (first, second) = (all(), all());
    let kept = first.iter().zip(&second).filter(|(one, two)| one == two);
    assert!(kept.count() <= 8);
    let again = || token(&few.user(BOB).claim("n", 0).client().unwrap());
    assert_eq!(again(), again(), "the cache keeps the latest session");
}

#[test]
fn clients_of_one_user_with_different_roles_keep_their_roles() {
    let (clients, _) = offline();
    let client = clients.user(ALICE).role(Role::new("reporting").unwrap());
    assert_eq!(client.client().unwrap().role().as_str(), "reporting");
    assert_eq!(clients.get(ALICE).unwrap().role().as_str(), "authenticated");
}

/// The cache is also bounded by bytes, because large claims would otherwise take more memory than the
/// number of sessions suggests.
#[test]
fn large_sessions_take_the_place_of_several_small_ones() {
    let kept = |claim: &str| {
        let config = config("https://project.test")
            .max_token_bytes(1 << 20)
            .shared_sessions(64)
            .build();
        let clients = ScopedClients::new(config.unwrap()).unwrap();
        let ids: Vec<_> = (0..64)
            .map(|number| {
                let client = clients.user(ALICE).claim("text", claim).claim("n", number);
                client.client().unwrap().token().unwrap().claims()["jti"].clone()
            })
            .collect();
        let again = (0..64).filter(|number| {
            let client = clients.user(ALICE).claim("text", claim).claim("n", number);
            let id = client.client().unwrap().token().unwrap().claims()["jti"].clone();
            ids.contains(&id)
        });
        again.count()
    };
    assert!(kept("small") > 32);
    assert!(kept(&"a".repeat(100_000)) < 16);
}
