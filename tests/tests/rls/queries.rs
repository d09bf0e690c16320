//! Queries on a real server have the result that their methods promise.

use scoped_runtime::{ClientError, Condition, Error, Order, ScopedClient};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{api, clients, new_user, notes, server, write};

#[derive(Debug, Deserialize)]
struct Item {
    name: String,
}

async fn user() -> ScopedClient {
    clients().await.get(new_user()).unwrap()
}

/// Returns the names of the items that a query finds.
async fn names(query: scoped_runtime::Query) -> Vec<String> {
    let items: Vec<Item> = query.order("id").fetch().await.unwrap();
    items.into_iter().map(|item| item.name).collect()
}

/// Makes a user with these items, in this order.
async fn with_items(items: Value) -> ScopedClient {
    let client = user().await;
    client.from("items").insert(items).execute().await.unwrap();
    client
}

#[tokio::test]
async fn hostile_values_are_only_values() {
    let hostile = ["x,y", r#"a"b"#, r"c\d", "e)f", "plain", "100%*"];
    let rows: Vec<Value> = hostile.iter().map(|name| json!({ "name": name })).collect();
    let client = with_items(rows.into()).await;
    for name in hostile {
        let items = || client.from("items").select("name");
        assert_eq!(names(items().eq("name", name)).await, [name]);
        assert_eq!(names(items().in_("name", [name])).await, [name]);
        // Unlike PostgREST, the local server does not decode the escapes inside of `or` and `and`;
        // `client/refused.rs` tests what is sent there.
        if !name.contains(['"', '\\']) {
            let either = [Condition::eq("name", name), Condition::is_null("name")];
            assert_eq!(names(items().or(either)).await, [name]);
            let both = [Condition::eq("name", name), !Condition::is_null("name")];
            assert_eq!(names(items().and(both)).await, [name]);
        }
    }
    let injected = "x,y,name.not.is.null";
    let none = client.from("items").or([Condition::eq("name", injected)]);
    assert!(names(none).await.is_empty());
}

#[tokio::test]
async fn every_filter_finds_the_matching_rows() {
    let client = with_items(json!([
        {"name": "a", "price": 1, "tags": ["red", "big"], "data": {"n": 1}, "period": "[1,3)"},
        {"name": "b", "price": 2, "tags": ["blue"], "data": {"n": 2}, "period": "[5,8)"},
        {"name": "c", "price": null, "tags": [], "data": null, "period": null},
    ]))
    .await;
    let items = || client.from("items").select("name");
    assert_eq!(names(items().gt("price", "1")).await, ["b"]);
    assert_eq!(names(items().is_null("price")).await, ["c"]);
    assert_eq!(names(items().contains("tags", ["red"])).await, ["a"]);
    assert_eq!(
        names(items().overlaps("tags", ["blue", "big"])).await,
        ["a", "b"]
    );
    assert_eq!(names(items().range_lt("period", 3..=6)).await, ["a"]);
    assert_eq!(names(items().not("name", "eq", "a")).await, ["b", "c"]);
    assert_eq!(names(items().like("name", "%a%")).await, ["a"]);
    assert_eq!(
        names(items().or([Condition::eq("data->>n", "2")])).await,
        ["b"]
    );
    assert_eq!(names(items().range(1, 2)).await, ["b", "c"]);
    assert_eq!(names(items().limit(0)).await, [""; 0]);
}

#[tokio::test]
async fn a_count_comes_with_the_rows_in_either_order() {
    let client = with_items(json!([{"name": "a"}, {"name": "b"}, {"name": "c"}])).await;
    let items = || client.from("items").select("name").order("id");
    for query in [
        items().limit(2).exact_count(),
        items().exact_count().limit(2),
    ] {
        let response = query.execute().await.unwrap();
        assert_eq!(response.count(), Some(3));
        assert_eq!(response.json::<Vec<Item>>().unwrap().len(), 2);
    }
    let inserted = client
        .from("items")
        .exact_count()
        .insert(json!({"name": "d"}));
    let response = inserted.execute().await.unwrap();
    assert_eq!((response.status(), response.count()), (201, Some(1)));
    assert_eq!(response.json::<Vec<Item>>().unwrap()[0].name, "d");
}

#[tokio::test]
async fn fetch_one_and_fetch_optional_return_one_row_or_none() {
    let client = user().await;
    let note = write(&client, "a").await;
    let by_id = |id: i64| client.from("notes").eq("id", id);
    assert_eq!(
        by_id(note.id).fetch_one::<Value>().await.unwrap()["body"],
        "a"
    );
    assert!(
        by_id(note.id)
            .fetch_optional::<Value>()
            .await
            .unwrap()
            .is_some()
    );
    assert!(by_id(0).fetch_optional::<Value>().await.unwrap().is_none());
    assert_eq!(
        api(by_id(0).fetch_one::<Value>().await).code(),
        Some("PGRST116")
    );

    write(&client, "b").await;
    let all = || client.from("notes").select("*");
    for result in [
        all().fetch_one::<Value>().await.map(Some),
        all().fetch_optional::<Value>().await,
    ] {
        assert_eq!(api(result).code(), Some("PGRST116"));
    }
}

#[tokio::test]
async fn functions_return_values_and_rows() {
    let client = user().await;
    let sum: i64 = client
        .rpc("add", json!({"a": 2, "b": 3}))
        .fetch_one()
        .await
        .unwrap();
    assert_eq!(sum, 5);
    for body in ["a", "b", "c"] {
        write(&client, body).await;
    }
    let mine = client
        .rpc("my_notes", ())
        .order(Order::desc("body"))
        .limit(2);
    let mine: Vec<Value> = mine.fetch().await.unwrap();
    assert_eq!(
        (&mine[0]["body"], &mine[1]["body"]),
        (&json!("c"), &json!("b"))
    );
    assert_eq!(mine.len(), 2);
}

#[tokio::test]
async fn another_schema_has_its_own_tables() {
    let clients = clients().await;
    let (alice, bob) = (
        clients.get(new_user()).unwrap(),
        clients.get(new_user()).unwrap(),
    );
    let task = alice
        .schema("api2")
        .from("tasks")
        .insert(json!({"title": "t"}));
    task.execute().await.unwrap();
    let tasks = |client: &ScopedClient| client.schema("api2").from("tasks").select("*");
    assert_eq!(tasks(&alice).fetch::<Value>().await.unwrap().len(), 1);
    assert_eq!(tasks(&bob).fetch::<Value>().await.unwrap().len(), 0);
    let error = api(alice.schema("private").from("tasks").execute().await);
    assert_eq!(error.code(), Some("PGRST106"));
}

#[tokio::test]
async fn errors_keep_the_status_and_code_of_the_server() {
    let client = user().await;
    let missing = api(client.from("no_such_table").execute().await);
    assert_eq!((missing.status(), missing.code()), (404, Some("PGRST205")));
    assert!(!missing.message().is_empty());
    let bad = api(client
        .from("items")
        .insert(json!({"price": 1}))
        .execute()
        .await);
    assert_eq!(bad.code(), Some("23502"));
    assert!(!bad.is_rls_denied() && !bad.is_expired_token());
    let row = client.from("items").insert(json!({"name": "a"}));
    let row = row.fetch_one::<Vec<String>>().await.unwrap_err();
    assert!(matches!(row, Error::Client(ClientError::Decode { .. })));
}

#[tokio::test]
async fn a_native_builder_is_executed_as_the_user() {
    let client = user().await;
    write(&client, "a").await;
    let url = server().await.config_builder().build().unwrap();
    let native = postgrest::Postgrest::new(format!("{}/rest/v1", url.url()));
    let native = native.from("notes").select("body").limit(1);
    let response = client.execute(native).await.unwrap();
    assert_eq!(response.json::<Value>().unwrap(), json!([{"body": "a"}]));

    let native = client.from("notes").select("body").into_builder().unwrap();
    let response = client.execute(native).await.unwrap();
    assert_eq!(response.json::<Value>().unwrap(), json!([{"body": "a"}]));
    assert_eq!(notes(&client).await.len(), 1);
}

#[tokio::test]
async fn a_write_that_touches_more_rows_than_its_limit_changes_nothing() {
    let client = with_items(json!([{"name": "a"}, {"name": "a"}, {"name": "b"}])).await;
    let items = || client.from("items").select("name");
    let one = client.from("items").delete().eq("name", "a").limit(1);
    assert_eq!(api(one.execute().await).code(), Some("PGRST124"));
    let none = client.from("items").update(json!({"name": "c"})).limit(0);
    let none = none.all_rows();
    assert_eq!(api(none.execute().await).code(), Some("PGRST124"));
    assert_eq!(names(items()).await, ["a", "a", "b"]);
    let one = client.from("items").delete().eq("name", "b").limit(1);
    one.execute().await.unwrap();
    assert_eq!(names(items()).await, ["a", "a"]);
}

#[tokio::test]
async fn health_tells_the_right_key_from_a_wrong_one() {
    let server = server().await;
    let clients = |config: scoped_runtime::ConfigBuilder| {
        scoped_runtime::ScopedClients::new(config.build().unwrap()).unwrap()
    };
    let health = clients(server.config_builder()).health().await;
    assert!(health.is_healthy() && health.is_reachable(), "{health}");
    assert_eq!(health.is_key_accepted(), Some(true));
    let skew = health.clock_skew().expect("the response has a date");
    assert!(skew.abs() <= 1, "{health}");

    let wrong = "another-secret-than-the-one-that-the-project-has";
    let health = clients(server.config_builder().jwt_secret(wrong))
        .health()
        .await;
    assert_eq!(
        (health.is_reachable(), health.is_key_accepted()),
        (true, Some(false))
    );
    let Err(Error::Configuration(error)) = health.into_result() else {
        panic!("a problem of the configuration");
    };
    assert_eq!(error.field(), "jwt_secret", "{error}");

    let wrong = "sb_publishable_abcdefghijklmnopqrstuv_abcdefgh";
    let health = clients(server.config_builder().api_key(wrong))
        .health()
        .await;
    let Err(Error::Configuration(error)) = health.into_result() else {
        panic!("a problem of the configuration");
    };
    assert_eq!(error.field(), "api_key", "{error}");
}
