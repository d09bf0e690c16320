//! The bodies of calls.

use bytes::Bytes;
use futures_util::stream;
use scoped_runtime::functions::Multipart;
use scoped_runtime::{ClientError, Error, Upload};
use serde_json::{Value, json};

use super::requests::{echo, parts};
use crate::support::{arrived, caller};

#[tokio::test]
async fn every_kind_of_body_arrives_with_its_content_type() {
    let functions = caller().await.functions();
    let invoke = |body: Value| functions.invoke("echo", body);

    let json = echo(invoke(json!({ "name": "Zoë" }))).await;
    assert_eq!(json["text"], r#"{"name":"Zoë"}"#);
    assert_eq!(json["headers"]["content-type"], "application/json");

    let none = echo(functions.invoke("echo", ())).await;
    assert_eq!(
        (&none["bytes"], &none["method"]),
        (&json!(0), &json!("POST"))
    );
    assert_eq!(none["headers"].get("content-type"), None);

    let text = echo(invoke(json!({})).text("grüße")).await;
    assert_eq!(text["text"], "grüße");
    assert_eq!(text["headers"]["content-type"], "text/plain; charset=utf-8");

    let bytes = echo(invoke(Value::Null).bytes(vec![0, 255])).await;
    assert_eq!(bytes["bytes"], 2);
    assert_eq!(bytes["headers"]["content-type"], "application/octet-stream");
    let png = invoke(Value::Null)
        .bytes(vec![1])
        .header("content-type", "image/png");
    assert_eq!(echo(png).await["headers"]["content-type"], "image/png");

    let known = echo(invoke(Value::Null).upload(parts(&["one ", "two"]).length(7))).await;
    assert_eq!(
        (&known["text"], &known["headers"]["content-length"]),
        (&json!("one two"), &json!("7"))
    );
    let unknown = echo(invoke(Value::Null).upload(parts(&["one ", "two"]))).await;
    assert_eq!(unknown["headers"]["transfer-encoding"], "chunked");
    assert_eq!(unknown["text"], "one two");

    // The last body counts.
    let last = echo(
        invoke(Value::Null)
            .upload(parts(&["x"]))
            .text("y")
            .json("z"),
    )
    .await;
    assert_eq!(last["text"], r#""z""#);
}

#[tokio::test]
async fn a_form_has_the_parts_that_were_added_and_names_cannot_add_others() {
    let functions = caller().await.functions();
    let form = |length: Option<u64>| {
        let upload = parts(&["str", "eam"]);
        Multipart::new()
            .text("ti\"tle\r\n", "a\r\nb")
            .file("image", "c\"at.png", "image/png", "PNG")
            .upload(
                "log",
                "log.txt",
                "text/plain",
                match length {
                    Some(length) => upload.length(length),
                    None => upload,
                },
            )
    };
    for (length, framing) in [(Some(6), "content-length"), (None, "transfer-encoding")] {
        let echo = echo(functions.invoke("echo", ()).multipart(form(length))).await;
        assert!(echo["headers"].get(framing).is_some(), "{echo}");
        let kind = echo["headers"]["content-type"].as_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"ti%22tle%0D%0A\"\r\n\r\na\r\nb\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"c%22at.png\"\r\n\
             Content-Type: image/png\r\n\r\nPNG\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"log\"; filename=\"log.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nstream\r\n--{boundary}--\r\n"
        );
        assert_eq!(echo["text"], expected);
    }
}

#[tokio::test]
async fn a_stream_that_breaks_is_an_error_and_is_not_sent_again() {
    let alice = caller().await;
    let broken = stream::iter([Ok(Bytes::from_static(b"x")), Err("the disk is gone".into())]);
    let call = alice
        .functions()
        .invoke("count", ())
        .upload(Upload::new(broken));
    let error = call.await.unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Upload { .. })),
        "{error}"
    );
    let long = alice
        .functions()
        .invoke("count", ())
        .upload(parts(&["123"]).length(2));
    assert!(long.await.is_err());
    assert_eq!(
        arrived(&alice)
            .await
            .iter()
            .filter(|entry| entry["name"] == "count")
            .count(),
        2
    );
}
