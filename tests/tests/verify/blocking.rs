//! Verification of callers with the blocking clients.

use scoped_runtime::testing::{Answer, Recorded, Recorder};
use scoped_runtime::{CallerError, Error, NoClaims, VerifiedToken, blocking};
use scoped_tests::ManualClock;
use serde_json::json;

use crate::verify::support::{ALICE, Issuer, KID, START, builder, claims, own_key, set};

#[test]
fn blocking_clients_fetch_the_keys_and_forward_the_callers_token() {
    let issuer = Issuer::new(KID);
    let server = Recorder::start_blocking().unwrap();
    let keys = server.at("/auth/v1/.well-known/jwks.json");
    keys.answer(Answer::new(200).body(set(&[&issuer])));

    let config = builder(&ManualClock::at(START))
        .url(server.url())
        .signing_key(own_key());
    let clients = blocking::ScopedClients::new(config.build().unwrap()).unwrap();
    let iss = format!("{}/auth/v1", server.url());
    let token = issuer.token(&claims(&json!({ "iss": iss })));
    let header = format!("Bearer {token}");

    let caller: VerifiedToken = clients.authenticate(&header).unwrap();
    assert_eq!(caller.user_id().as_str(), ALICE);
    let db = caller
        .forward_token(clients.as_async())
        .unwrap()
        .into_blocking();
    db.from("notes").execute().unwrap();
    let requests = server.requests();
    let paths: Vec<&str> = requests.iter().map(Recorded::path).collect();
    assert_eq!(paths, ["/auth/v1/.well-known/jwks.json", "/rest/v1/notes"]);
    assert_eq!(requests[1].header("authorization"), Some(&*header));

    let refused = clients.authenticate::<NoClaims>("Bearer a.b.c");
    assert!(matches!(
        refused,
        Err(Error::Caller(CallerError::Malformed { .. }))
    ));
}
