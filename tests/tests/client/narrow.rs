//! A narrowed client may do less than its parent, and never more.

use std::time::Duration;

use scoped_runtime::{Error, MintPolicy, Role, ScopedClients, TokenError};
use serde_json::json;

use crate::support::{ALICE, START, config, fields, offline, project, verified};

#[tokio::test]
async fn narrow_can_drop_claims_and_shorten_the_lifetime_but_never_add() {
    let (server, clients, _) = project().await;
    let client = clients
        .user(ALICE)
        .actor("agent")
        .claim("a", 1)
        .claim("b", 2);
    let client = client.expires_in(Duration::from_mins(10)).client().unwrap();
    let less = client
        .narrow()
        .expires_in(Duration::from_mins(1))
        .keep_claims(["a"]);
    let less = less.client().unwrap();
    less.from("notes").execute().await.unwrap();
    let claims = verified(crate::support::bearer(&server.only_request()));
    assert_eq!((&claims["a"], claims.get("b")), (&json!(1), None));
    assert_eq!(claims["act"], json!({"sub": "agent"}));
    assert_eq!(claims["exp"], START + 60);

    let same = client.narrow().client().unwrap().token().unwrap().claims();
    assert_eq!((&same["a"], &same["b"]), (&json!(1), &json!(2)));

    let more = client.narrow().expires_in(Duration::from_mins(11));
    assert_eq!(fields(more.client().unwrap_err()), ["expires_in"]);
    let more = less.narrow().keep_claims(["b"]);
    assert_eq!(fields(more.client().unwrap_err()), ["keep_claims"]);
    let more = less.narrow().keep_claims(["sub", "exp"]);
    assert_eq!(
        fields(more.client().unwrap_err()),
        ["keep_claims", "keep_claims"]
    );
    let more = client.narrow().role("reporting");
    assert_eq!(fields(more.client().unwrap_err()), ["role"]);
    client.narrow().role("service_role").client().unwrap_err();
}

#[test]
fn a_narrowed_client_can_take_another_role_that_the_mint_policy_allows() {
    let roles = ["authenticated", "reporting"].map(|role| Role::new(role).unwrap());
    let config = config("https://project.test").mint_policy(MintPolicy::new().roles(roles));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(ALICE).unwrap();
    let narrowed = client.narrow().role("reporting").client().unwrap();
    assert_eq!(narrowed.token().unwrap().claims()["role"], "reporting");
    client.narrow().role("admin").client().unwrap_err();
}

#[test]
fn a_narrowed_client_without_renewal_ends_with_its_parent() {
    let (clients, clock) = offline();
    let parent = clients.user(ALICE).claim("a", 1).auto_refresh(false);
    let parent = parent.expires_in(Duration::from_secs(10)).client().unwrap();
    clock.pass(Duration::from_secs(9));
    let child = parent.narrow().client().unwrap();
    let grandchild = child.narrow().keep_claims(["a"]).client().unwrap();
    let end = parent.token().unwrap().expires_at();
    for ends in [child.token().unwrap(), grandchild.token().unwrap()] {
        assert!(ends.expires_at() <= end);
    }
    clock.pass(Duration::from_secs(1));
    for client in [&parent, &child] {
        let error = client.token().unwrap_err();
        assert!(
            matches!(error, Error::Token(TokenError::Expired)),
            "{error}"
        );
        let error = client.narrow().client().unwrap_err();
        assert!(
            matches!(error, Error::Token(TokenError::Expired)),
            "{error}"
        );
    }
    grandchild.token().unwrap_err();
    // Setting the clock back does not revive an expired client.
    clock.jump_back(Duration::from_secs(100));
    parent.narrow().client().unwrap_err();
}
