//! Frames that are broken, late, repeated or out of order.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{World, is_silent};

#[tokio::test]
async fn broken_frames_of_peers_are_skipped() {
    let mut world = World::start().await;
    let send = async |frame: Value| world.project.control(json!({ "send": frame })).await;
    for frame in [
        "",
        "[",
        "{}",
        "[1,2,3,4,5]",
        r#"[null,null,"realtime:room","broadcast",7]"#,
        r#"[null,null,"realtime:room","broadcast",{"type":"broadcast"}]"#,
        r#"[null,null,"realtime:room","presence_state",[]]"#,
        r#"[null,null,"realtime:room","presence_diff",{"joins":7}]"#,
        r#"[null,null,"realtime:room","postgres_changes",{"ids":[1]}]"#,
        r#"[null,null,"realtime:room","system",{}]"#,
        r#"[null,null,"realtime:room","no such event",{}]"#,
        r#"[null,null,"realtime:other","phx_close",{}]"#,
        r#"["999","999","realtime:room","phx_close",{}]"#,
        r#"[null,"999","realtime:room","phx_reply",{"status":"error","response":{}}]"#,
        r#"[null,null,"phoenix","phx_reply",{"status":"ok","response":{}}]"#,
    ] {
        send(json!({ "text": frame })).await;
    }
    for base64 in ["", "BA==", "BP//////", "AwAA", "AgEBYWI="] {
        send(json!({ "base64": base64 })).await;
    }
    // A broadcast whose JSON a peer has broken: kind 04, `room`, `ev`, `{"a":`.
    let broken = "BA0CAAFyZWFsdGltZTpyb29tZXZ7ImEiOg==";
    send(json!({ "base64": broken })).await;
    world.works().await;
    assert!(is_silent(&mut world.room).await);
}

#[tokio::test]
async fn frames_that_come_late_twice_or_out_of_order_are_survived() {
    let mut world = World::start().await;
    world.misbehave(json!({ "late": 200 })).await;
    world.works().await;
    world.misbehave(json!({ "twice": true })).await;
    world.works().await;
    world.misbehave(json!({ "swap": true })).await;
    world.works().await;
    world.misbehave(json!({ "half": true })).await;
    let sender = world.room.sender().clone();
    let sending = tokio::spawn(async move { sender.send("lost", &json!({})).await });
    world.project.await_frames("broadcast", 4).await;
    world.clock.pass(Duration::from_secs(11));
    let error = sending.await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("no reply within 10 s"),
        "{error}"
    );
    world.misbehave(json!({})).await;
    world.works().await;
}
