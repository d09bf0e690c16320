//! A verified caller who acts as another user.

use scoped_runtime::{
    Actor, Caller, Error, ScopedClient, ScopedClients, ToActor, UserId, impersonate,
};
use serde_json::{Value, json};

use crate::verify::support::{ALICE, BOB, Issuer, KID, claims, trusting, verify};

async fn act(more: Value) -> (Value, String) {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let token = issuer.token(&claims(&more));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    let by_reference = clients.user(BOB).actor(&caller).client().unwrap();
    let by_value = clients.user(BOB).actor(caller.clone()).client().unwrap();
    let claims = by_value.token().unwrap().claims();
    assert_eq!(by_reference.token().unwrap().claims(), claims);
    assert_eq!(claims["sub"], BOB);
    (claims["act"].clone(), caller.to_actor().to_string())
}

#[tokio::test]
async fn a_caller_given_as_actor_becomes_the_act_claim() {
    let (act, shown) = act(json!({})).await;
    assert_eq!(act, json!({ "sub": ALICE }));
    assert_eq!(shown, ALICE);
}

/// RFC 8693, section 4.1: the outermost actor is the current one.
#[tokio::test]
async fn an_actor_of_the_caller_stays_in_the_act_chain() {
    let first = json!({ "sub": "agent-7", "act": { "sub": "root", "iss": "https://a.test" } });
    let (act, shown) = act(json!({ "act": first })).await;
    assert_eq!(act, json!({ "sub": ALICE, "act": first }));
    assert_eq!(shown, format!("root for agent-7 for {ALICE}"));
}

#[test]
fn an_actor_is_named_by_text_or_by_a_user() {
    let user: UserId = ALICE.parse().unwrap();
    for (actor, name) in [
        ("agent-7".to_actor(), "agent-7"),
        ("agent-7".to_owned().to_actor(), "agent-7"),
        (user.to_actor(), ALICE),
        ((&&user).to_actor(), ALICE),
        (Actor::new("agent-7").to_actor(), "agent-7"),
    ] {
        assert_eq!(actor.subject(), name);
        assert!(actor.actor().is_none());
    }
}

#[impersonate(user = target, actor = caller, via = clients)]
async fn support(
    clients: &ScopedClients,
    caller: &Caller,
    target: &str,
    #[scoped] db: ScopedClient,
) -> Result<Value, Error> {
    assert_ne!(db.user_id(), caller.user_id());
    Ok(db.token()?.claims()["act"].clone())
}

#[tokio::test]
async fn the_attribute_takes_a_caller_as_the_actor() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let token = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    let act = support(&clients, &caller, BOB).await.unwrap();
    assert_eq!(act, json!({ "sub": ALICE }));
}
