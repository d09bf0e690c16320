//! Pages, counts, and streams of rows.

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error, Explain, Order, Paging, ScopedClient};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{answering, pair, parameters, project};

#[derive(Debug, Deserialize, PartialEq)]
struct Row {
    id: i64,
}

fn rows(ids: impl IntoIterator<Item = i64>) -> Answer {
    let rows: Vec<Value> = ids.into_iter().map(|id| json!({ "id": id })).collect();
    Answer::from(json!(rows))
}

#[tokio::test]
async fn a_page_has_its_rows_and_the_total() {
    let answer = rows([4, 5]).header("content-range", "3-4/9");
    let (server, client) = answering([answer]).await;
    let page = client
        .from("t")
        .order("id")
        .range(3, 4)
        .fetch_page::<Row>()
        .await
        .unwrap();
    assert_eq!(
        (page.rows, page.total),
        (vec![Row { id: 4 }, Row { id: 5 }], 9)
    );
    let request = &server.requests()[0];
    let expected = [pair("order", "id"), pair("limit", "2"), pair("offset", "3")];
    assert_eq!(parameters(request), expected);
    assert_eq!(request.header("prefer"), Some("count=exact"));
    client
        .from("t")
        .planned_count()
        .fetch_page::<Row>()
        .await
        .unwrap();
    assert_eq!(server.requests()[1].header("prefer"), Some("count=planned"));
}

#[tokio::test]
async fn a_page_after_the_last_row_is_empty() {
    let body = json!({"code": "PGRST103", "message": "Requested range not satisfiable"});
    let answer = Answer::new(416).json(&body);
    let (_server, client) = answering([answer.header("content-range", "*/9")]).await;
    let page = client
        .from("t")
        .range(20, 29)
        .fetch_page::<Row>()
        .await
        .unwrap();
    assert_eq!((page.rows, page.total), (vec![], 9));
    let (_server, client) = project().await;
    let error = client.from("t").fetch_page::<Row>().await.unwrap_err();
    assert!(matches!(error, Error::Client(ClientError::NoCount)));
}

#[tokio::test]
async fn a_range_of_no_rows_asks_for_none() {
    let (server, client) = project().await;
    client.from("t").range(3, 2).execute().await.unwrap();
    client.from("t").offset(7).limit(0).execute().await.unwrap();
    client
        .from("t")
        .range(0, usize::MAX)
        .execute()
        .await
        .unwrap();
    client
        .from("t")
        .embedded_limit("a.b", 1)
        .embedded_offset("limit", 2)
        .execute()
        .await
        .unwrap();
    let queries: Vec<Vec<(String, String)>> = server.requests().iter().map(parameters).collect();
    assert_eq!(queries[0], [pair("limit", "0")]);
    assert_eq!(queries[1], [pair("limit", "0")]);
    assert_eq!(queries[2], [pair("limit", &usize::MAX.to_string())]);
    assert_eq!(
        queries[3],
        [pair("a.b.limit", "1"), pair(r#""limit".offset"#, "2")]
    );
}

#[tokio::test]
async fn a_count_reads_no_row() {
    let answer = Answer::new(206).header("content-range", "0-9/12");
    let (server, client) = answering([answer]).await;
    assert_eq!(client.from("t").eq("a", 1).count().await.unwrap(), 12);
    assert_eq!(client.rpc("f", json!({"b": 2})).count().await.unwrap(), 12);
    let requests = server.requests();
    assert_eq!(requests[0].method(), "HEAD");
    assert_eq!(requests[0].query(), "a=eq.1");
    assert_eq!(requests[0].header("prefer"), Some("count=exact"));
    assert_eq!(requests[1].query(), "b=2");
    let (_server, client) = project().await;
    let error = client.from("t").count().await.unwrap_err();
    assert!(matches!(error, Error::Client(ClientError::NoCount)));
}

#[tokio::test]
async fn other_forms_of_the_answer_have_their_media_types() {
    let (server, client) = project().await;
    let table = || client.from("t");
    assert_eq!(table().csv().await.unwrap(), "[]");
    table().geojson().await.unwrap();
    table().explain(Explain::new()).await.unwrap();
    table()
        .explain(Explain::new().analyze().wal().json())
        .await
        .unwrap();
    table()
        .header("accept", "application/vnd.pgrst.array+json;nulls=stripped")
        .execute()
        .await
        .unwrap();
    let requests = server.requests();
    let accepts: Vec<&str> = requests
        .iter()
        .map(|request| request.header("accept").unwrap())
        .collect();
    assert_eq!(
        accepts,
        [
            "text/csv",
            "application/geo+json",
            r#"application/vnd.pgrst.plan+text; for="application/json""#,
            r#"application/vnd.pgrst.plan+json; for="application/json"; options=analyze|wal"#,
            "application/vnd.pgrst.array+json;nulls=stripped",
        ]
    );
}

/// Returns all rows of a stream, or its first error.
async fn all(client: &ScopedClient, paging: Paging) -> Result<Vec<i64>, Error> {
    let mut rows = client.from("t").select("id").fetch_stream::<Row>(paging);
    let mut ids = Vec::new();
    while let Some(row) = rows.next().await {
        ids.push(row?.id);
    }
    Ok(ids)
}

#[tokio::test]
async fn a_stream_by_a_key_starts_each_page_after_the_last_key() {
    // The server returns at most two rows at once, although it is asked for more.
    let (server, client) = answering([rows([1, 2]), rows([2, 4]), rows([4, 9]), rows([9])]).await;
    let ids = all(&client, Paging::by_key("id").page_size(5))
        .await
        .unwrap();
    assert_eq!(ids, [1, 2, 4, 9]);
    let requests = server.requests();
    let [first, second, ..] = &requests[..] else {
        panic!("two requests at least");
    };
    let page = |filter: &[(String, String)], limit: &str| {
        let before = [pair("select", "id")]
            .into_iter()
            .chain(filter.iter().cloned());
        let after = [pair("order", "id"), pair("limit", limit)];
        before.chain(after).collect::<Vec<_>>()
    };
    assert_eq!(requests.len(), 4);
    assert_eq!(parameters(first), page(&[], "5"));
    assert_eq!(parameters(second), page(&[pair("id", "gte.2")], "6"));
}

#[tokio::test]
async fn a_row_deleted_during_a_stream_hides_no_other_row() {
    let (_server, client) = answering([rows([1, 2]), rows([3, 4]), rows([4])]).await;
    assert_eq!(
        all(&client, Paging::by_key("id").page_size(2))
            .await
            .unwrap(),
        [1, 2, 3, 4]
    );
    let (server, client) = answering([rows([9, 7]), rows([7])]).await;
    let paging = Paging::by_key("id").descending().page_size(2);
    assert_eq!(all(&client, paging).await.unwrap(), [9, 7]);
    let second = parameters(&server.requests()[1]);
    assert!(second.contains(&pair("id", "lte.7")) && second.contains(&pair("order", "id.desc")));
}

#[tokio::test]
async fn a_stream_by_a_key_that_is_not_unique_is_an_error() {
    for pages in [vec![rows([1, 1])], vec![rows([1, 2]), rows([2, 2])]] {
        let (_server, client) = answering(pages).await;
        let error = all(&client, Paging::by_key("id").page_size(2))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("has duplicates"), "{error}");
    }
    let null = Answer::from(json!([{"id": 1, "n": null}]));
    let (_server, client) = answering([null]).await;
    let error = all(&client, Paging::by_key("n")).await.unwrap_err();
    assert!(
        error.to_string().contains("is not a single value"),
        "{error}"
    );
    let error = all(&client, Paging::by_key("other")).await.unwrap_err();
    assert!(error.to_string().contains("is not in the rows"), "{error}");
}

#[tokio::test]
async fn a_stream_by_ranges_continues_until_a_page_is_empty() {
    let (server, client) = answering([rows([1, 2]), rows([3]), rows([])]).await;
    let query = client.from("t").order(Order::asc("id")).range(10, 14);
    let mut stream = query.fetch_stream::<Row>(Paging::by_range().page_size(2));
    let mut ids = Vec::new();
    while let Some(row) = stream.next().await {
        ids.push(row.unwrap().id);
    }
    assert_eq!(ids, [1, 2, 3]);
    let requests = server.requests();
    let ranges: Vec<Vec<(String, String)>> = requests.iter().map(parameters).collect();
    let page = |limit: &str, offset: &str| {
        vec![
            pair("order", "id"),
            pair("limit", limit),
            pair("offset", offset),
        ]
    };
    assert_eq!(ranges, [page("2", "10"), page("2", "12"), page("2", "13")]);
}

#[tokio::test]
async fn a_stream_that_would_lose_rows_is_refused() {
    let (server, client) = project().await;
    let table = || client.from("t").select("id");
    let insert = || client.from("t").insert(json!({"id": 1}));
    for mut stream in [
        table().fetch_stream::<Row>(Paging::by_range()),
        table()
            .order("id")
            .fetch_stream::<Row>(Paging::by_key("id")),
        table().offset(1).fetch_stream::<Row>(Paging::by_key("id")),
        insert().fetch_stream::<Row>(Paging::by_key("id")),
        table().single().fetch_stream::<Row>(Paging::by_key("id")),
    ] {
        stream.next().await.unwrap().unwrap_err();
        assert!(stream.next().await.is_none(), "it ends after an error");
    }
    assert!(server.requests().is_empty());
}
