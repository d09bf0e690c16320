//! Every way to send a query, on a server with policies.

use scoped_runtime::{ClientError, Condition, Error, Order, Paging, Returning, ScopedClient};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{api, clients, new_user};

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub(crate) struct Quota {
    tenant: String,
    most: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

pub(crate) fn quota(tenant: &str, most: i64) -> Quota {
    let tenant = tenant.to_owned();
    Quota {
        tenant,
        most,
        note: None,
    }
}

pub(crate) async fn user() -> ScopedClient {
    clients().await.get(new_user()).unwrap()
}

/// Two users with the same quotas. Neither sees those of the other.
async fn two_users() -> (ScopedClient, ScopedClient) {
    let (alice, bob) = (user().await, user().await);
    for client in [&alice, &bob] {
        let rows: Vec<Quota> = (1..=5).map(|most| quota("a", most)).collect();
        client.from("quotas").insert(&rows).execute().await.unwrap();
    }
    (alice, bob)
}

/// Returns the limits of the user's quotas.
async fn limits(client: &ScopedClient) -> Vec<i64> {
    let rows: Vec<Quota> = client
        .from("quotas")
        .select("tenant,most,note")
        .order("most")
        .fetch()
        .await
        .unwrap();
    rows.into_iter().map(|row| row.most).collect()
}

#[tokio::test]
async fn counts_pages_and_streams_contain_only_the_users_own_rows() {
    let (alice, _bob) = two_users().await;
    let stranger = user().await;
    assert_eq!(alice.from("quotas").count().await.unwrap(), 5);
    assert_eq!(
        alice
            .from("quotas")
            .and([Condition::gt("most", 3)])
            .count()
            .await
            .unwrap(),
        2
    );
    assert_eq!(stranger.from("quotas").count().await.unwrap(), 0);

    let page = alice.from("quotas").order("id").range(1, 2);
    let page = page.fetch_page::<Value>().await.unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 5));
    let empty = stranger
        .from("quotas")
        .range(0, 9)
        .fetch_page::<Value>()
        .await
        .unwrap();
    assert_eq!((empty.rows.len(), empty.total), (0, 0));

    for paging in [
        Paging::by_key("id").page_size(2),
        Paging::by_key("id").page_size(1),
    ] {
        for (client, count) in [(&alice, 5), (&stranger, 0)] {
            let mut rows = client.from("quotas").fetch_stream::<Value>(paging.clone());
            let mut found = 0;
            while let Some(row) = rows.next().await {
                row.unwrap();
                found += 1;
            }
            assert_eq!(found, count);
        }
    }
    let ordered = alice.from("quotas").order(Order::desc("id"));
    let mut rows = ordered.fetch_stream::<Value>(Paging::by_range().page_size(2));
    let mut ids = Vec::new();
    while let Some(row) = rows.next().await {
        ids.push(row.unwrap()["id"].as_i64().unwrap());
    }
    assert_eq!(ids.len(), 5);
    assert!(ids.is_sorted_by(|a, b| a > b));
}

/// For a missing column PostgREST inserts the default value (`missing=default`), and the local server
/// inserts null; `rest/bodies.rs` tests what is sent.
#[tokio::test]
async fn rows_of_a_list_may_leave_out_what_others_have() {
    let client = user().await;
    let said = Some("said".to_owned());
    let rows = [
        quota("a", 1),
        Quota {
            note: said.clone(),
            ..quota("a", 2)
        },
    ];
    let rows: Vec<Quota> = client.from("quotas").insert(&rows).fetch().await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].note, said);
}

#[tokio::test]
async fn an_upsert_merges_or_leaves_the_rows_that_are_there() {
    let client = user().await;
    let note = |note: &str| Quota {
        note: Some(note.to_owned()),
        ..quota("a", 1)
    };
    client
        .from("quotas")
        .insert(note("first"))
        .execute()
        .await
        .unwrap();
    let key = ["owner", "tenant", "most"];
    let ignored = client
        .from("quotas")
        .upsert([note("second")])
        .on_conflict(key);
    let ignored: Vec<Value> = ignored.ignore_duplicates().fetch().await.unwrap();
    assert!(ignored.is_empty());
    let merged = client
        .from("quotas")
        .upsert([note("third")])
        .on_conflict(key);
    let merged: Vec<Value> = merged.fetch().await.unwrap();
    assert_eq!(merged[0]["note"], "third");
    assert_eq!(limits(&client).await, [1]);
}

#[tokio::test]
async fn expect_rows_is_compared_with_the_number_of_rows_a_write_touched() {
    let (alice, bob) = two_users().await;
    let update = |most: i64| {
        let update = alice.from("quotas").update(json!({"note": "changed"}));
        update.and([Condition::lte("most", most)])
    };
    let response = update(2).expect_rows(2).execute().await.unwrap();
    assert_eq!(response.count(), Some(2));
    let more = api(update(3).expect_rows(2).execute().await);
    assert_eq!(more.code(), Some("PGRST124"));
    let fewer = update(2)
        .expect_rows(3)
        .returning(Returning::Nothing)
        .execute()
        .await;
    assert!(matches!(
        fewer.unwrap_err(),
        Error::Client(ClientError::FewerRows {
            expected: 3,
            found: 2,
            ..
        })
    ));
    let changed = alice
        .from("quotas")
        .eq("note", "changed")
        .count()
        .await
        .unwrap();
    assert_eq!(changed, 2);
    assert_eq!(
        bob.from("quotas")
            .eq("note", "changed")
            .count()
            .await
            .unwrap(),
        0
    );
    let all = alice
        .from("quotas")
        .delete()
        .all_rows()
        .max_affected(4)
        .execute()
        .await;
    assert_eq!(api(all).code(), Some("PGRST124"));
    alice
        .from("quotas")
        .delete()
        .all_rows()
        .expect_rows(5)
        .execute()
        .await
        .unwrap();
    assert_eq!(limits(&alice).await, [0; 0]);
    assert_eq!(limits(&bob).await.len(), 5);
}

#[tokio::test]
async fn an_insert_where_nothing_may_be_read_needs_to_return_nothing() {
    let client = user().await;
    let insert = || client.from("inbox").insert(json!({"body": "hello"}));
    let denied = api(insert().fetch_one::<Value>().await);
    assert!(denied.is_rls_denied());
    assert!(
        denied
            .hint()
            .unwrap()
            .contains("returning(Returning::Nothing)")
    );
    insert()
        .returning(Returning::Nothing)
        .execute()
        .await
        .unwrap();
    let as_other = json!({"body": "hello", "sender": new_user()});
    let other = client
        .from("inbox")
        .insert(as_other)
        .returning(Returning::Nothing);
    assert!(api(other.execute().await).is_rls_denied());
    assert!(
        client
            .from("inbox")
            .fetch::<Value>()
            .await
            .unwrap()
            .is_empty()
    );
}
