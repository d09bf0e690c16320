//! A request is verified once, and the verified caller is cached per `Authorization` header.

use serde_json::json;

use crate::verify::support::{ALICE, BOB, Issuer, KID};
use crate::web::world::World;

#[tokio::test]
async fn a_middleware_and_several_extractors_verify_once() {
    let world = World::new().await;
    let token = world.token(&json!({}));
    for path in ["/caller", "/several", "/layer", "/reporting"] {
        let token = if path == "/reporting" {
            &world.token(&json!({ "role": "reporting" }))
        } else {
            &token
        };
        assert_eq!(world.verifications(path, token).await, 1, "{path}");
    }
}

#[tokio::test]
async fn the_verified_caller_is_cached_per_authorization_header() {
    let world = World::new().await;
    let alice = format!("Bearer {}", world.token(&json!({})));
    let bob = format!("Bearer {}", world.token(&json!({ "sub": BOB })));
    let forged = format!("Bearer {}", Issuer::new(KID).token(&json!({ "sub": BOB })));
    for (other, status, sub) in [
        (&alice, 200, json!(ALICE)),
        (&bob, 200, json!(BOB)),
        (&forged, 401, json!(null)),
    ] {
        let headers = [("authorization", &*alice), ("x-replace", other)];
        let answer = world.send("/replaced", &headers).await;
        assert_eq!((answer.status, &answer.body["sub"]), (status, &sub));
    }
}
