//! A read-only client refuses all other requests before anything is sent.

use scoped_runtime::{ClientError, Error, ScopedClient, Upload};
use serde_json::json;

use crate::support::{ALICE, project};

fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>, what: &str) {
    let Err(Error::Client(error @ ClientError::ReadOnly { .. })) = outcome else {
        panic!("{what}: {outcome:?}");
    };
    let text = error.to_string();
    for part in [ALICE, what, "read-only", "without `read_only()`"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Calls every method that may write, and checks that the error names it.
async fn tries_to_write(reader: &ScopedClient) {
    assert!(reader.is_read_only());
    assert!(format!("{reader:?}").contains("is_read_only: true"));
    let table = || reader.from("notes");
    let row = json!({"body": "x"});
    refused(table().insert(&row).execute().await, "an insert (POST)");
    refused(
        table().insert_json("{}").execute().await,
        "an insert (POST)",
    );
    refused(table().upsert(&row).execute().await, "an upsert (POST)");
    let update = table().update(&row).eq("id", 1);
    refused(update.clone().execute().await, "an update (PATCH)");
    refused(update.into_builder().map(drop), "an update (PATCH)");
    refused(
        table().delete().eq("id", 1).execute().await,
        "a delete (DELETE)",
    );
    let one = table().insert(&row).fetch_one::<serde_json::Value>();
    refused(one.await, "an insert (POST)");
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let request = || reader.request(method, "functions/v1/hello");
        let what = format!("a request ({method})");
        refused(request().execute().await, &what);
        refused(request().repeatable().execute().await, &what);
        refused(request().stream().await, &what);
        refused(
            request()
                .upload(Upload::new(futures_util::stream::empty()))
                .await,
            &what,
        );
    }
    refused(
        reader.request("POST", "rest/v1/rpc/add").execute().await,
        "with `rpc`, which goes by GET",
    );
    let native = |builder| reader.execute(builder);
    refused(
        native(reader.native("notes").insert("{}")).await,
        "a native builder (POST)",
    );
    let delete = reader.native("notes").eq("id", "1").delete();
    refused(native(delete).await, "a native builder (DELETE)");
}

#[tokio::test]
async fn a_read_only_client_refuses_every_write_before_sending() {
    let (server, client) = project().await;
    let reader = client.read_only();
    tries_to_write(&reader).await;
    tries_to_write(&reader.clone()).await;
    tries_to_write(&reader.schema("api2")).await;
    let narrow = reader.narrow().keep_claims([""; 0]).client().unwrap();
    tries_to_write(&narrow).await;
    assert!(server.requests().is_empty(), "a request was sent");
    assert!(
        !client.is_read_only(),
        "the original client still sends requests"
    );
    let insert = client.from("notes").insert(json!({"body": "x"}));
    insert.execute().await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_read_only_client_reads_and_calls_functions_by_get() {
    let (server, client) = project().await;
    let reader = client.read_only();
    reader.from("notes").select("*").execute().await.unwrap();
    reader
        .rpc("add", json!({"a": 1, "b": 2}))
        .execute()
        .await
        .unwrap();
    reader
        .rpc_json("add", "{\"a\": 1}")
        .by_get()
        .execute()
        .await
        .unwrap();
    reader
        .request("HEAD", "rest/v1/notes")
        .execute()
        .await
        .unwrap();
    reader
        .execute(reader.native("notes").select("*"))
        .await
        .unwrap();
    let requests = server.requests();
    let sent: Vec<String> = requests
        .iter()
        .map(|it| {
            let path = it.path().trim_start_matches("/rest/v1/");
            format!("{} {path}?{}", it.method(), it.query())
        })
        .collect();
    assert_eq!(
        sent,
        [
            "GET notes?select=*",
            "GET rpc/add?a=1&b=2",
            "GET rpc/add?a=1",
            "HEAD notes?",
            "GET notes?select=*",
        ]
    );
}

#[tokio::test]
async fn a_read_only_client_refuses_arguments_that_need_a_body() {
    let (server, client) = project().await;
    let call = client.read_only().rpc("f", json!({"a": "eq.1"}));
    let error = call.execute().await.unwrap_err().to_string();
    assert!(
        error.contains("use a client that is not read-only"),
        "{error}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn closing_a_client_closes_its_read_only_client_but_not_the_reverse() {
    let (_server, client) = project().await;
    let reader = client.read_only();
    reader.close();
    client.from("notes").execute().await.unwrap();
    let reader = client.read_only();
    client.close();
    let outcome = reader.from("notes").execute().await;
    assert!(matches!(outcome, Err(Error::Client(ClientError::Closed))));
}
