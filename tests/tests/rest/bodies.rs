//! Bodies are any values that serialise, and lists of rows name their columns.

use scoped_runtime::Returning;
use serde::Serialize;
use serde_json::{Value, json};

use crate::support::{pair, parameters, refused, sent};

#[derive(Serialize)]
struct Row {
    a: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<&'static str>,
}

const BOTH: [Row; 2] = [Row { a: 1, b: None }, Row { a: 2, b: Some("x") }];

#[tokio::test]
async fn bodies_are_anything_that_serialises() {
    let value = json!([{"a": 1}, {"a": 2, "b": "x"}]);
    for request in [
        sent(|it| it.from("t").insert(BOTH)).await,
        sent(|it| it.from("t").insert(&BOTH)).await,
        sent(|it| it.from("t").insert(&value)).await,
        sent(|it| it.from("t").insert_json(value.to_string())).await,
    ] {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.json::<Value>(), value);
    }
    let update = sent(|it| it.from("t").update(Row { a: 1, b: None }).eq("a", 2)).await;
    assert_eq!(
        (update.method(), update.body()),
        ("PATCH", &br#"{"a":1}"#[..])
    );
}

#[tokio::test]
async fn a_single_value_is_refused_as_a_body_and_text_has_its_own_methods() {
    for query in [
        refused(|it| it.from("t").insert(r#"{"a": 1}"#)).await,
        refused(|it| it.from("t").update(5).eq("a", 1)).await,
        refused(|it| it.from("t").upsert(None::<Row>)).await,
        refused(|it| it.rpc("f", "{}")).await,
    ] {
        let error = query.to_string();
        assert!(error.contains("insert_json"), "{error}");
        assert!(error.contains("rpc_json"), "{error}");
    }
    let broken = refused(|it| it.from("t").insert_json("{"))
        .await
        .to_string();
    assert!(broken.contains("is not JSON"), "{broken}");
    let mixed = refused(|it| it.from("t").insert(json!([{"a": 1}, 2])))
        .await
        .to_string();
    assert!(mixed.contains("is not a row"), "{mixed}");
}

#[tokio::test]
async fn rows_that_differ_in_their_keys_take_the_defaults() {
    let request = sent(|it| it.from("t").insert(BOTH)).await;
    assert_eq!(parameters(&request), [pair("columns", "a,b")]);
    assert_eq!(
        request.header("prefer"),
        Some("return=representation,missing=default")
    );
    let named = sent(|it| it.from("t").insert(json!([{"a b": 1, "limit": 2}, {}]))).await;
    assert_eq!(parameters(&named), [pair("columns", r#""a b","limit""#)]);
    let given = sent(|it| it.from("t").insert(BOTH).columns(["a"])).await;
    assert_eq!(parameters(&given), [pair("columns", "a")]);
    let null = sent(|it| it.from("t").insert(BOTH).prefer("missing=null")).await;
    assert_eq!(
        null.header("prefer"),
        Some("return=representation,missing=null")
    );
    let empty = sent(|it| it.from("t").insert(json!([]))).await;
    assert_eq!(parameters(&empty), []);
    let one = sent(|it| it.from("t").insert(Row { a: 1, b: None })).await;
    assert_eq!(parameters(&one), []);
    assert_eq!(one.header("prefer"), Some("return=representation"));
}

#[tokio::test]
async fn an_upsert_of_rows_that_differ_is_refused_since_it_would_reset_columns() {
    let error = refused(|it| it.from("t").upsert(BOTH)).await.to_string();
    assert!(error.contains("would be reset"), "{error}");
    let error = refused(|it| it.from("t").upsert(json!([{"a": 1}])).columns("a,b")).await;
    assert!(error.to_string().contains("would be reset"), "{error}");

    let same = sent(|it| {
        it.from("t")
            .upsert(json!([{"a": 1}, {"a": 2}]))
            .on_conflict("a, b c")
    })
    .await;
    assert_eq!(
        parameters(&same),
        [pair("columns", "a"), pair("on_conflict", r#"a,"b c""#)]
    );
    assert_eq!(
        same.header("prefer"),
        Some("return=representation,resolution=merge-duplicates,missing=default")
    );
    // Existing rows are left unchanged.
    let ignored = sent(|it| {
        it.from("t")
            .upsert(BOTH)
            .ignore_duplicates()
            .on_conflict(["a"])
    })
    .await;
    assert_eq!(
        ignored.header("prefer"),
        Some("return=representation,resolution=ignore-duplicates,missing=default")
    );
    refused(|it| it.from("t").upsert(BOTH).on_conflict([""; 0])).await;
    refused(|it| it.from("t").upsert(BOTH).on_conflict("a,,b")).await;
}

#[tokio::test]
async fn arguments_travel_in_a_body_or_in_the_url() {
    #[derive(Serialize)]
    struct Args {
        year: i32,
        tags: Vec<&'static str>,
        name: &'static str,
    }
    let args = Args {
        year: 2026,
        tags: vec!["a,b", "c"],
        name: "x&y",
    };
    let posted = sent(|it| it.rpc("f", &args)).await;
    assert_eq!((posted.method(), posted.path()), ("POST", "/rest/v1/rpc/f"));
    assert_eq!(posted.json::<Value>(), json!(args));
    let nothing = sent(|it| it.rpc("f", ())).await;
    assert_eq!(nothing.body(), b"{}");
    let read = sent(|it| it.rpc("f", &args).by_get().eq("a", 1)).await;
    assert_eq!((read.method(), read.body().len()), ("GET", 0));
    let expected = [
        pair("a", "eq.1"),
        pair("year", "2026"),
        pair("tags", r#"{"a,b","c"}"#),
        pair("name", "x&y"),
    ];
    let mut found = parameters(&read);
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn arguments_that_a_url_would_change_are_refused() {
    for arguments in [
        json!({"limit": 1}),
        json!({"select": "a"}),
        json!({"a": "eq.5"}),
        json!({"a": "not.in.(1)"}),
        json!({"a": "not.foo"}),
        json!({"a": "fts(english).x"}),
        json!({"a": null}),
        json!({"a": [{"b": 1}]}),
        json!([{"a": 1}]),
    ] {
        let error = refused(|it| it.rpc("f", &arguments).by_get())
            .await
            .to_string();
        assert!(error.contains("leave `by_get` out"), "{arguments}: {error}");
        sent(|it| it.rpc("f", &arguments)).await;
    }
}

#[tokio::test]
async fn a_write_returns_what_is_asked_for() {
    for (returning, preference) in [
        (Returning::Rows, "return=representation"),
        (Returning::Nothing, "return=minimal"),
        (Returning::Headers, "return=headers-only"),
    ] {
        let request = sent(|it| it.from("t").insert(json!({})).returning(returning)).await;
        assert_eq!(request.header("prefer"), Some(preference));
    }
}
