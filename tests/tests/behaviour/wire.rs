//! What a query looks like when it arrives: postgrest's weak spots cannot be reached.

use scoped_runtime::{Body, Condition, Query, ScopedClient};
use serde_json::json;
use wiremock::Request;

use crate::support::{ALICE, KEY, header, only, project};

/// Sends a query to a recording server and returns what arrived.
async fn sent(query: impl FnOnce(ScopedClient) -> Query) -> Request {
    let (server, clients, _) = project().await;
    query(clients.get(ALICE).unwrap()).execute().await.unwrap();
    only(&server).await
}

/// The decoded query parameters.
fn parameters(request: &Request) -> Vec<(String, String)> {
    request.url.query_pairs().into_owned().collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn the_api_key_and_the_token_travel_in_their_own_headers() {
    let request = sent(|client| client.from("notes").select("id").eq("id", "1")).await;
    assert_eq!(request.method.as_str(), "GET");
    assert_eq!(request.url.path(), "/rest/v1/notes");
    assert_eq!(
        parameters(&request),
        [pair("select", "id"), pair("id", "eq.1")]
    );
    assert_eq!(header(&request, "apikey"), KEY);
    assert_eq!(request.headers.get_all("authorization").iter().count(), 1);
    assert!(header(&request, "authorization").starts_with("Bearer ey"));
    assert!(header(&request, "user-agent").starts_with("scoped-runtime/"));
}

#[tokio::test]
async fn a_value_can_neither_add_a_parameter_nor_leave_its_quotes() {
    let hostile = r#"x"),y\,z&owner=eq.1"#;
    let quoted = r#""x\"),y\\,z&owner=eq.1""#;
    let request = sent(|client| client.from("t").eq("a", hostile)).await;
    assert_eq!(parameters(&request), [pair("a", &format!("eq.{hostile}"))]);

    let request = sent(|client| client.from("t").in_("a", [hostile, "b c"])).await;
    let expected = format!(r#"in.({quoted},"b c")"#);
    assert_eq!(parameters(&request), [pair("a", &expected)]);

    let request = sent(|client| {
        client.from("t").or([
            Condition::eq("name", hostile),
            !Condition::in_("id", ["1", "2"]),
            Condition::and([Condition::is_null("a.b"), Condition::gt("n->>x", "3")]),
        ])
    })
    .await;
    let expected =
        format!(r#"(name.eq.{quoted},id.not.in.("1","2"),and("a.b".is.null,n->>x.gt."3"))"#);
    assert_eq!(parameters(&request), [pair("or", &expected)]);

    let request = sent(|client| client.from("t").and([Condition::neq("name", "a,b")])).await;
    assert_eq!(parameters(&request), [pair("and", r#"(name.neq."a,b")"#)]);

    let request = sent(|client| client.from("t").or_raw("a.eq.1,b.eq.2").and_raw("c.eq.3")).await;
    let expected = [pair("or", "(a.eq.1,b.eq.2)"), pair("and", "(c.eq.3)")];
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn every_native_filter_is_there_and_sends_what_postgrest_sends() {
    let ours = sent(|client| {
        let query = client.from("t").select("*");
        let query = query.eq("a", "1").neq("a", "1").gt("a", "1").gte("a", "1");
        let query = query
            .lt("a", "1")
            .lte("a", "1")
            .like("a", "%x")
            .ilike("a", "%x");
        let query = query
            .is("a", "null")
            .cs("a", "{1}")
            .cd("a", "{1}")
            .ov("a", "{1}");
        let query = query.sl("a", (1, 2)).sr("a", (1, 2)).nxl("a", (1, 2));
        let query = query.nxr("a", (1, 2)).adj("a", (1, 2)).not("eq", "a", "1");
        let query = query.fts("a", "x", Some("english")).plfts("a", "x", None);
        let query = query.phfts("a", "x", None).wfts("a", "x", None);
        query.on_conflict("a").foreign_table_limit(3, "b")
    })
    .await;
    let native = postgrest::Postgrest::new("http://unused.test").from("t");
    let native = native.select("*");
    let native = native.eq("a", "1").neq("a", "1").gt("a", "1").gte("a", "1");
    let native = native
        .lt("a", "1")
        .lte("a", "1")
        .like("a", "%x")
        .ilike("a", "%x");
    let native = native
        .is("a", "null")
        .cs("a", "{1}")
        .cd("a", "{1}")
        .ov("a", "{1}");
    let native = native.sl("a", (1, 2)).sr("a", (1, 2)).nxl("a", (1, 2));
    let native = native.nxr("a", (1, 2)).adj("a", (1, 2)).not("eq", "a", "1");
    let native = native.fts("a", "x", Some("english")).plfts("a", "x", None);
    let native = native.phfts("a", "x", None).wfts("a", "x", None);
    let native = native.on_conflict("a").foreign_table_limit(3, "b");
    let native = native.build().build().unwrap();
    assert_eq!(ours.url.query(), native.url().query());
}

#[tokio::test]
async fn preferences_add_up_and_a_later_one_replaces_its_namesake() {
    let request = sent(|client| client.from("t").exact_count().insert("[]")).await;
    assert_eq!(
        header(&request, "prefer"),
        "return=representation,count=exact"
    );
    let request = sent(|client| client.from("t").upsert("[]").planned_count()).await;
    assert_eq!(
        header(&request, "prefer"),
        "return=representation,resolution=merge-duplicates,count=planned"
    );
    let request = sent(|client| {
        let query = client.from("t").prefer("return=minimal").insert("[]");
        query.exact_count().estimated_count().prefer("tx=rollback")
    })
    .await;
    assert_eq!(
        header(&request, "prefer"),
        "return=minimal,count=estimated,tx=rollback"
    );
    assert_eq!(request.headers.get_all("prefer").iter().count(), 1);
}

#[tokio::test]
async fn limits_are_query_parameters_in_any_order_with_a_count() {
    let first = sent(|client| client.from("t").limit(5).exact_count()).await;
    let second = sent(|client| client.from("t").exact_count().limit(5)).await;
    for request in [first, second] {
        assert_eq!(parameters(&request), [pair("limit", "5")]);
        assert_eq!(header(&request, "prefer"), "count=exact");
        assert!(request.headers.get("range").is_none());
    }
    let request = sent(|client| client.from("t").range(10, 19)).await;
    assert_eq!(
        parameters(&request),
        [pair("limit", "10"), pair("offset", "10")]
    );
    let request = sent(|client| client.from("t").limit(0)).await;
    assert_eq!(parameters(&request), [pair("limit", "0")]);
    let request = sent(|client| client.from("t").range(5, 2)).await;
    assert_eq!(
        parameters(&request),
        [pair("limit", "0"), pair("offset", "5")]
    );
    let request = sent(|client| client.from("t").range(0, usize::MAX)).await;
    assert_eq!(
        parameters(&request),
        [pair("limit", &usize::MAX.to_string())]
    );
}

#[tokio::test]
async fn a_limited_write_can_never_touch_more_rows() {
    let deleted = sent(|client| client.from("t").delete().eq("a", "1").limit(1)).await;
    let updated = sent(|client| client.from("t").limit(1).eq("a", "1").update("{}")).await;
    for request in [deleted, updated] {
        assert_eq!(
            parameters(&request),
            [pair("a", "eq.1"), pair("limit", "1")]
        );
        assert_eq!(
            header(&request, "prefer"),
            "return=representation,handling=strict,max-affected=1"
        );
    }
    let read = sent(|client| client.rpc("f", "{}").limit(2)).await;
    assert_eq!(parameters(&read), [pair("limit", "2")]);
    assert_eq!(header(&read, "prefer"), "");
}

#[tokio::test]
async fn orders_add_up() {
    let request = sent(|client| {
        let query = client.from("t").order("a.desc");
        let query = query.order_with_options("b", None::<&str>, true, false);
        query.order_with_options("c", Some("child"), false, true)
    })
    .await;
    let expected = [
        pair("order", "a.desc,b.asc.nullslast"),
        pair("child.order", "c.desc.nullsfirst"),
    ];
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn bodies_are_json_text_or_anything_that_serialises() {
    let value = json!([{"a": 1}, {"a": 2}]);
    for body in [
        Body::from(value.to_string()),
        Body::from(&value),
        Body::json(&value),
    ] {
        let request = sent(|client| client.from("t").insert(body)).await;
        assert_eq!(request.method.as_str(), "POST");
        assert_eq!(header(&request, "content-type"), "application/json");
        assert_eq!(request.body_json::<serde_json::Value>().unwrap(), value);
    }
}

#[tokio::test]
async fn functions_and_schemas_have_their_places() {
    let request = sent(|client| client.schema("api2").rpc("add", json!({"a": 1}))).await;
    assert_eq!(request.url.path(), "/rest/v1/rpc/add");
    assert_eq!(header(&request, "content-profile"), "api2");
    let request = sent(|client| client.schema("api2").from("t").single()).await;
    assert_eq!(header(&request, "accept-profile"), "api2");
    assert_eq!(
        header(&request, "accept"),
        "application/vnd.pgrst.object+json"
    );
}
