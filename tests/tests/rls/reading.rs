//! What functions return, what a search finds, and rows in other formats.

use scoped_runtime::{Order, any};
use serde_json::{Value, json};

use crate::sending::{quota, user};

#[tokio::test]
async fn functions_return_nothing_values_and_rows() {
    let client = user().await;
    client.rpc("nothing", ()).fetch_one::<()>().await.unwrap();
    let halves = || client.rpc("halves", json!({"numbers": [1, 2, 3]}));
    let rows: Vec<Value> = halves()
        .gt("number", 1)
        .order(Order::desc("number"))
        .fetch()
        .await
        .unwrap();
    assert_eq!(
        rows,
        [
            json!({"number": 3, "half": 1.5}),
            json!({"number": 2, "half": 1})
        ]
    );
    let by_get: Vec<Value> = halves()
        .by_get()
        .eq("number", any([1, 3]))
        .fetch()
        .await
        .unwrap();
    assert_eq!(by_get.len(), 2);
}

#[tokio::test]
async fn a_literal_search_matches_wildcards_literally() {
    let client = user().await;
    let names = ["50%", "50 percent", "a_b", "axb", "a*b", r"a\b", "AB"];
    let rows: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    client.from("items").insert(rows).execute().await.unwrap();
    for (text, found) in [
        ("50%", vec!["50%"]),
        ("a_b", vec!["a_b"]),
        ("a*b", vec!["a*b"]),
        (r"a\b", vec![r"a\b"]),
        ("0 p", vec!["50 percent"]),
    ] {
        let rows: Vec<Value> = client
            .from("items")
            .select("name")
            .contains_text("name", text)
            .fetch()
            .await
            .unwrap();
        let rows: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
        assert_eq!(rows, found, "{text}");
    }
    let any_case = client
        .from("items")
        .icontains_text("name", "ab")
        .count()
        .await
        .unwrap();
    assert_eq!(any_case, 1);
}

#[tokio::test]
async fn rows_come_as_csv_too() {
    let client = user().await;
    client
        .from("quotas")
        .insert(quota("a,b", 1))
        .execute()
        .await
        .unwrap();
    let csv = client
        .from("quotas")
        .select("tenant,note")
        .csv()
        .await
        .unwrap();
    assert_eq!(
        csv.lines().collect::<Vec<_>>(),
        ["tenant,note", r#""a,b",none"#]
    );
}
