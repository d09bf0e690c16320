//! The official clients on the same server: what one uploads, the other downloads, lists and signs.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scoped_runtime::testing::{Recorded, Recorder};
use scoped_runtime::{ScopedClient, ScopedClients};
use scoped_tests::run_peer;
use serde_json::{Value, json};

use crate::support::{KEY, client, line, shared, user};

/// Runs calls of storage-js as the user.
async fn storage_js(url: &str, apikey: &str, client: &ScopedClient, calls: Value) -> Vec<Value> {
    let token = client.token().unwrap();
    let token = token.expose_secret();
    let input = json!({ "url": url, "apikey": apikey, "token": token, "calls": calls });
    let Value::Array(results) = run_peer("storage/client.mjs", &input).await.unwrap() else {
        panic!("no list");
    };
    results
}

fn bytes(content: &[u8]) -> Value {
    json!({ "bytes": STANDARD.encode(content) })
}

/// Both ways, on the server that answers as the real one, and on the local server.
async fn both_ways(url: &str, apikey: &str, alice: &ScopedClient, bucket: &str) {
    let folder = alice.user_id().to_string();
    let ours = alice.storage().bucket(bucket);
    let call =
        |method: &str, args: Value| json!({ "bucket": bucket, "method": method, "args": args });
    let key = |name: &str| format!("{folder}/{name}");
    let content = b"\x00\xff not text".to_vec();
    ours.upload(key("ours.bin"), content.clone()).await.unwrap();
    let results = storage_js(
        url,
        apikey,
        alice,
        json!([
            call(
                "upload",
                json!([key("theirs.bin"), bytes(&content), { "contentType": "image/png" }])
            ),
            call("download", json!([key("ours.bin")])),
            call("list", json!([folder])),
            call("createSignedUrl", json!([key("ours.bin"), 60])),
            call("exists", json!([key("ours.bin")])),
            call("copy", json!([key("ours.bin"), key("copy.bin")])),
            call("move", json!([key("copy.bin"), key("moved.bin")])),
        ]),
    )
    .await;
    for result in &results {
        assert!(result["error"].is_null(), "{result}");
    }
    assert_eq!(results[1]["data"], bytes(&content));
    let names: Vec<_> = results[2]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["ours.bin", "theirs.bin"]);
    assert_eq!(results[4]["data"], true);

    assert_eq!(ours.download(key("theirs.bin")).await.unwrap(), content);
    let info = ours.info(key("theirs.bin")).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("image/png"));
    let entries = ours.list(&folder).await.unwrap();
    let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["moved.bin", "ours.bin", "theirs.bin"]);
    let signed = ours
        .signed_url(key("theirs.bin"), Duration::from_mins(1))
        .await
        .unwrap();
    let opened = alice.storage().download_signed(signed.expose_secret());
    assert_eq!(opened.await.unwrap(), content);
    let upload = ours
        .signed_upload_url(key("signed.bin"), false)
        .await
        .unwrap();
    let results = storage_js(
        url,
        apikey,
        alice,
        json!([
            call(
                "uploadToSignedUrl",
                json!([key("signed.bin"), upload.expose_token(), bytes(b"by token")])
            ),
            call("remove", json!([[key("ours.bin"), key("missing")]])),
        ]),
    )
    .await;
    for result in &results {
        assert!(result["error"].is_null(), "{result}");
    }
    assert_eq!(
        results[1]["data"].as_array().unwrap().len(),
        1,
        "only what was there"
    );
    assert_eq!(ours.download(key("signed.bin")).await.unwrap(), "by token");
    assert!(!ours.exists(key("ours.bin")).await.unwrap());
}

#[tokio::test]
async fn what_storage_js_uploads_ours_reads_and_the_other_way_round() {
    let alice = client().await;
    both_ways(&shared().await.url(), KEY, &alice, "own").await;
}

#[tokio::test]
async fn both_clients_agree_on_the_local_server() {
    let server = scoped_tests::shared().await.unwrap();
    let clients = ScopedClients::new(server.config().unwrap()).unwrap();
    let alice = clients.get(user()).unwrap();
    both_ways(server.url(), server.api_key(), &alice, "own").await;
}

#[tokio::test]
async fn what_the_official_resumable_client_uploads_ours_reads() {
    let alice = client().await;
    let key = format!("{}/a.png", alice.user_id());
    let content: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let input = json!({
        "url": shared().await.url(), "apikey": KEY, "token": alice.token().unwrap().expose_secret(),
        "bucket": "own", "key": key, "bytes": STANDARD.encode(&content), "partBytes": 65_536,
    });
    let requests = run_peer("storage/tus_client.mjs", &input).await.unwrap();
    assert_eq!(
        requests,
        json!(["POST", "PATCH", "PATCH", "PATCH", "PATCH"])
    );
    let bucket = alice.storage().bucket("own");
    assert!(bucket.download(&key).await.unwrap() == content);
    assert_eq!(
        bucket.info(&key).await.unwrap().content_type.as_deref(),
        Some("image/png")
    );
}

/// What a request says beside its line: headers that both clients choose, and a JSON body.
fn said(request: &Recorded) -> (String, BTreeMap<String, String>, Value) {
    let names = [
        "content-type",
        "cache-control",
        "x-upsert",
        "x-metadata",
        "authorization",
        "apikey",
    ];
    let headers = names.iter().filter_map(|name| {
        let value = request.header(name)?;
        Some(((*name).to_owned(), value.to_owned()))
    });
    let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
    (line(request), headers.collect(), body)
}

/// The requests of both clients for the same call are the same, but for the differences that are named here.
#[tokio::test]
async fn both_clients_send_the_same_requests_but_for_named_differences() {
    let recorder = Recorder::start().await.unwrap();
    let config = recorder.config();
    let clients = ScopedClients::new(config).unwrap();
    let alice = clients.get(user()).unwrap();
    let bucket = alice.storage().bucket("b");
    let hour = Duration::from_hours(1);
    let calls: [(&str, Value); 14] = [
        (
            "upload",
            json!(["d/a.png", bytes(b"x"), { "contentType": "image/png" }]),
        ),
        (
            "upload",
            json!(["d/a.png", bytes(b"x"), { "contentType": "image/png", "upsert": true, "metadata": { "a": 1 } }]),
        ),
        ("download", json!(["d/a.png"])),
        (
            "download",
            json!(["d/a.png", { "transform": { "width": 3, "height": 4 } }]),
        ),
        ("info", json!(["d/a.png"])),
        ("exists", json!(["d/a.png"])),
        ("list", json!(["d"])),
        ("listV2", json!([{ "prefix": "d" }])),
        ("remove", json!([["x", "y"]])),
        ("move", json!(["x", "y"])),
        ("copy", json!(["x", "y", { "destinationBucket": "c" }])),
        ("createSignedUrl", json!(["d/a.png", 3600])),
        ("createSignedUrls", json!([["x", "y"], 3600])),
        (
            "createSignedUploadUrl",
            json!(["d/a.png", { "upsert": true }]),
        ),
    ];
    let theirs = calls
        .iter()
        .map(|(method, args)| json!({ "bucket": "b", "method": method, "args": args }));
    let api_key = recorder_key(&recorder, &alice).await;
    storage_js(&recorder.url(), &api_key, &alice, theirs.collect()).await;
    let theirs: Vec<_> = recorder.take_requests().iter().map(said).collect();

    let _ = bucket.upload("d/a.png", "x").await;
    let _ = bucket
        .upload("d/a.png", "x")
        .upsert()
        .metadata(json!({ "a": 1 }))
        .await;
    let _ = bucket.download("d/a.png").await;
    let transform = scoped_runtime::storage::Transform::new().width(3).height(4);
    let _ = bucket.download("d/a.png").transform(transform).await;
    let _ = bucket.info("d/a.png").await;
    let _ = bucket.exists("d/a.png").await;
    let _ = bucket.list("d").await;
    let _ = bucket.list_v2("d").page().await;
    let _ = bucket.remove(["x", "y"]).await;
    let _ = bucket.move_to("x", "y").await;
    let _ = bucket.copy("x", "y").to_bucket("c").await;
    let _ = bucket.signed_url("d/a.png", hour).await;
    let _ = bucket.signed_urls(["x", "y"], hour).await;
    let _ = bucket.signed_upload_url("d/a.png", true).await;
    let ours: Vec<_> = recorder.requests().iter().map(said).collect();
    assert_eq!((ours.len(), theirs.len()), (calls.len(), calls.len()));

    for (((method, _), ours), theirs) in calls.iter().zip(ours).zip(theirs) {
        let (mut line, mut headers, mut body) = theirs;
        match *method {
            // Ours read through the paths that tell a bad token as one.
            "download" if !line.contains("/render/") => {
                line = line.replace("/object/", "/object/authenticated/");
            }
            "info" | "exists" => {
                line = line.replace("/object/info/", "/object/info/authenticated/");
            }
            // Theirs says `false`, which is the default.
            "upload" if headers["x-upsert"] == "false" => drop(headers.remove("x-upsert")),
            // Ours says `false`, which is the default.
            "listV2" => body["with_delimiter"] = json!(false),
            _ => {}
        }
        assert_eq!(ours.0, line, "{method}");
        assert_eq!(ours.1, headers, "{method}");
        assert_eq!(ours.2, body, "{method}");
    }
}

/// The publishable key of the recorder's project.
async fn recorder_key(recorder: &Recorder, client: &ScopedClient) -> String {
    client.storage().bucket("b").list("").await.unwrap();
    let request = recorder.take_requests().remove(0);
    request.header("apikey").unwrap().to_owned()
}
