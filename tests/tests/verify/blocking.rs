//! Verification of callers with the blocking clients.

use scoped_runtime::{CallerError, Error, NoClaims, VerifiedToken, blocking};
use scoped_tests::ManualClock;
use serde_json::json;
use tokio::runtime::Runtime;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::verify::support::{ALICE, Issuer, KID, START, builder, claims, own_key, set};

#[test]
fn blocking_clients_fetch_the_keys_and_forward_the_callers_token() {
    let runtime = Runtime::new().unwrap();
    let issuer = Issuer::new(KID);
    let server = runtime.block_on(MockServer::start());
    let answer = |at, body| {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        let mock = Mock::given(path(at)).respond_with(answer).expect(1);
        runtime.block_on(mock.mount(&server));
    };
    let keys = serde_json::from_str(&set(&[&issuer])).unwrap();
    answer("/auth/v1/.well-known/jwks.json", keys);
    answer("/rest/v1/notes", json!([]));

    let config = builder(&ManualClock::at(START))
        .url(server.uri())
        .signing_key(own_key());
    let clients = blocking::ScopedClients::new(config.build().unwrap()).unwrap();
    let iss = format!("{}/auth/v1", server.uri());
    let token = issuer.token(&claims(&json!({ "iss": iss })));
    let header = format!("Bearer {token}");

    let caller: VerifiedToken = clients.authenticate(&header).unwrap();
    assert_eq!(caller.user_id().as_str(), ALICE);
    let db = caller
        .forward_token(clients.as_async())
        .unwrap()
        .into_blocking();
    db.from("notes").execute().unwrap();
    let requests = runtime.block_on(server.received_requests()).unwrap();
    assert_eq!(requests[1].headers["authorization"], header);

    let nobody = clients.authenticate::<NoClaims>("Bearer a.b.c");
    assert!(matches!(
        nobody,
        Err(Error::Caller(CallerError::Malformed { .. }))
    ));
}
