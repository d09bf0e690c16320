//! Native `postgrest` builders are refused for the same reasons as queries.

use postgrest::Builder;
use scoped_runtime::{ClientError, Error};
use serde_json::json;

use crate::support::{KEY, pair, parameters, project};

#[tokio::test]
async fn native_gives_a_builder_for_the_clients_project() {
    let (server, client) = project().await;
    let client = client.schema("api2");
    client
        .execute(client.native("my notes").select("id").eq("a", "1"))
        .await
        .unwrap();
    let request = server.only_request();
    assert_eq!(request.path(), "/rest/v1/my%20notes");
    assert_eq!(
        parameters(&request),
        [pair("select", "id"), pair("a", "eq.1")]
    );
    assert_eq!(request.header("accept-profile"), Some("api2"));
    assert_eq!(request.header("apikey"), Some(KEY));
    assert!(
        request
            .header("authorization")
            .unwrap()
            .starts_with("Bearer ey")
    );
}

#[tokio::test]
async fn a_name_that_cannot_be_sent_is_an_error_when_it_is_executed() {
    let (server, client) = project().await;
    for name in ["../../auth/v1/user", "a/b", "..", r"a\b"] {
        client.execute(client.native(name)).await.unwrap_err();
    }
    for schema in ["a\r\nb", "späße", ""] {
        client
            .schema(schema)
            .execute(client.schema(schema).native("t"))
            .await
            .unwrap_err();
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_native_builder_is_refused_for_the_same_reasons_as_a_query() {
    let (server, client) = project().await;
    let steps: &[fn(Builder) -> Builder] = &[
        |it| it.delete(),
        |it| it.delete().limit(1),
        |it| it.update("{}"),
        |it| it.delete().eq("tenant", "a").eq("limit", "5"),
        |it| it.eq("columns", "5").delete().eq("id", "1"),
        |it| it.delete().eq("id", "1").eq("offset", "5"),
        |it| it.delete().eq("directors.name", "x"),
        |it| it.delete().eq("id", "1").eq("directors.name", "x"),
        |it| it.delete().eq("id", "1").range(10, 19),
        |it| it.eq("id", "1").insert("{}"),
        |it| it.select("a").select("b"),
        |it| it.eq("v", "nul\0other"),
        |it| it.eq("name,foo", "Bo"),
        |it| it.delete().eq("a", "1").eq("order", "asc"),
        |it| it.eq("name(x)", "Bo"),
        |it| it.delete().not("in", "v", r#"("")"#),
        |it| it.delete().not("in", "v", "()"),
        |it| it.or(""),
        |it| it.delete().eq("m²", "1"),
        |it| it.delete().eq("नाम", "1"),
        |it| it.eq("a>b", "1"),
        |it| it.eq(" edge ", "1"),
        |it| it.eq("data->>a.b", "1"),
        |it| it.delete().and("name.eq.a)b,owner.eq.me"),
        |it| it.delete().and("id.not.in.()"),
        |it| it.or(r#"id.not.in.("")"#),
        |it| it.delete().not("ov", "tags", "{}"),
        |it| it.delete().and("tags.not.ov.{}"),
        |it| it.delete().eq("apikey", "x"),
    ];
    for (number, step) in steps.iter().enumerate() {
        let error = client.execute(step(client.native("t"))).await;
        let error = error.expect_err(&format!("step {number}"));
        let Error::Client(ClientError::InvalidQuery { remedy, .. }) = &error else {
            panic!("step {number}: {error}");
        };
        assert!(!remedy.is_empty());
    }
    let long = client.native("t").eq("v", "x".repeat(70_000));
    let error = client.execute(long).await.unwrap_err();
    assert!(matches!(
        error,
        Error::Client(ClientError::UrlTooLong { .. })
    ));
    assert!(server.requests().is_empty());
    for table in ["t?id", "t?name=eq.a;b"] {
        let url = format!("{}/rest/v1", server.url());
        let native = postgrest::Postgrest::new(url).from(table).delete();
        client.execute(native).await.unwrap_err();
    }
    assert!(server.requests().is_empty());
    let unfiltered = client
        .execute(client.native("t").delete())
        .await
        .unwrap_err();
    assert!(unfiltered.to_string().contains("`Query`"), "{unfiltered}");
}

#[tokio::test]
async fn a_native_write_with_a_limit_sends_max_affected() {
    let (server, client) = project().await;
    let native = client.native("t").delete().eq("a", "1").limit(1);
    client.execute(native).await.unwrap();
    let built = client.from("t").delete().eq("a", 1).into_builder().unwrap();
    client.execute(built.limit(3)).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].query(), "a=eq.1&limit=1");
    let strict = |count| format!("return=representation,handling=strict,max-affected={count}");
    assert_eq!(requests[0].header("prefer"), Some(&*strict(1)));
    assert_eq!(requests[1].header("prefer"), Some(&*strict(3)));
    // PostgREST uses only one of two limits.
    let limited = postgrest::Postgrest::new(format!("{}/rest/v1", server.url()));
    let limited = limited.from("t?limit=2").delete().eq("a", "1");
    client.execute(limited.limit(5)).await.unwrap_err();
    let none = client.native("t").select("a").range(3, 2);
    client.execute(none).await.unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!(last.query(), "select=a&limit=0");
    let refused = client.from("t").delete().into_builder();
    assert!(refused.is_err(), "a delete without a filter");
}

#[tokio::test]
async fn native_reads_and_function_calls_are_not_restricted() {
    let (server, client) = project().await;
    let read = client
        .native("films")
        .select("*,directors!inner(*)")
        .eq("directors.name", "x");
    client.execute(read.range(10, 19)).await.unwrap();
    client
        .execute(client.native("t").order("eq.desc"))
        .await
        .unwrap();
    let call = client.rpc("f", json!({"a": 1})).into_builder().unwrap();
    client.execute(call.eq("b", "2").limit(5)).await.unwrap();
    assert_eq!(server.requests().len(), 3);
}
