//! A request is verified once.

use serde_json::json;

use crate::world::World;

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
