//! A query that contradicts itself, or has another meaning on the server, is refused before anything is
//! sent, and the error says what to write instead.

use scoped_runtime::{Condition, Explain, ScopedClient, all, any};
use serde_json::json;

use crate::support::{says, sent, table};

#[tokio::test]
async fn a_write_without_a_filter_is_refused_unless_all_rows_are_meant() {
    let words = ["has no filter and would affect every row", "all_rows()"];
    says(|it| table(it).delete(), &words).await;
    says(|it| table(it).update(json!({"a": 1})), &words).await;
    says(|it| table(it).delete().limit(1), &words).await;
    says(|it| table(it).delete().order("a").select("a"), &words).await;
    says(|it| table(it).delete().param("x", "y"), &words).await;
    // A condition that every row matches is not a filter.
    says(
        |it| table(it).delete().and([!Condition::in_("v", [""; 0])]),
        &words,
    )
    .await;
    says(|it| table(it).delete().like("v", all([""; 0])), &words).await;
    says(|it| table(it).delete().contains("v", [0; 0]), &words).await;
    says(|it| table(it).delete().contains("v", json!({})), &words).await;
    says(
        |it| {
            table(it)
                .delete()
                .or([Condition::eq("a", 1), !Condition::eq("v", any([0; 0]))])
        },
        &words,
    )
    .await;
    let nothing = [""; 0];
    says(
        |it| table(it).delete().and([!Condition::overlaps("v", nothing)]),
        &words,
    )
    .await;
    says(
        |it| {
            table(it)
                .delete()
                .and([!!Condition::contains("v", nothing)])
        },
        &words,
    )
    .await;
    says(|it| table(it).delete().not("v", "ov", "{}"), &words).await;
    says(|it| table(it).delete().not("v", "eq(any)", "{}"), &words).await;
    says(|it| table(it).delete().contains("v", 3..3), &words).await;
    says(
        |it| table(it).delete().and([!Condition::range_lt("v", 3..3)]),
        &words,
    )
    .await;
    sent(|it| table(it).delete().and([!Condition::contains("v", nothing)])).await;
    let deleted = sent(|it| table(it).delete().all_rows()).await;
    assert_eq!((deleted.method(), deleted.query()), ("DELETE", ""));
    let both = ["a filter and `all_rows()`"];
    says(|it| table(it).delete().all_rows().eq("a", 1), &both).await;
    says(
        |it| table(it).all_rows(),
        &["`all_rows` does not apply to a read"],
    )
    .await;
}

#[tokio::test]
async fn a_write_is_filtered_by_its_own_table_and_has_no_offset() {
    let embedded = ["embedded table `directors`, which the server ignores"];
    let films = |it: &ScopedClient| it.from("films").select("*,directors!inner(*)");
    says(|it| films(it).eq("directors.name", "x").delete(), &embedded).await;
    says(
        |it| films(it).delete().eq("id", 1).is_null("directors.name"),
        &embedded,
    )
    .await;
    says(
        |it| {
            films(it)
                .update(json!({}))
                .eq("id", 1)
                .or([Condition::eq("directors.name", "x")])
        },
        &embedded,
    )
    .await;
    let offset = ["an offset, which the server ignores"];
    says(|it| table(it).delete().eq("a", 1).range(10, 19), &offset).await;
    says(
        |it| table(it).update(json!({})).eq("a", 1).offset(5),
        &offset,
    )
    .await;
    let first = sent(|it| table(it).delete().eq("a", 1).range(0, 9)).await;
    assert_eq!(first.query(), "a=eq.1&limit=10");
}

#[tokio::test]
async fn an_insert_has_neither_a_filter_nor_a_limit() {
    let row = || json!({"a": 1});
    says(
        |it| table(it).eq("a", 1).insert(row()),
        &["an insert has a filter"],
    )
    .await;
    says(
        |it| table(it).upsert(row()).or([Condition::eq("x.a", 1)]),
        &["an upsert has a filter"],
    )
    .await;
    says(
        |it| table(it).insert(row()).limit(1),
        &["`limit` does not apply to an insert"],
    )
    .await;
    says(
        |it| table(it).insert(row()).offset(1),
        &["does not apply to an insert"],
    )
    .await;
    says(|it| table(it).insert(row()).on_conflict("a"), &["`upsert`"]).await;
    says(
        |it| table(it).insert(row()).ignore_duplicates(),
        &["`upsert`"],
    )
    .await;
    says(
        |it| table(it).insert(row()).max_affected(1),
        &["`max_affected` does not apply to"],
    )
    .await;
    says(
        |it| table(it).insert(row()).expect_rows(1),
        &["`expect_rows` does not apply to"],
    )
    .await;
}

#[tokio::test]
async fn a_second_verb_select_limit_or_offset_is_refused() {
    let row = || json!({"a": 1});
    says(
        |it| table(it).insert(row()).update(row()),
        &["the query is both an insert and an update"],
    )
    .await;
    says(
        |it| table(it).delete().insert(row()),
        &["the query is both a delete and an insert"],
    )
    .await;
    says(
        |it| it.rpc("f", ()).delete(),
        &["the query is both a function call and a delete"],
    )
    .await;
    says(
        |it| table(it).select("a").select("b"),
        &["`select` is called twice"],
    )
    .await;
    says(
        |it| table(it).limit(1).range(0, 5),
        &["`limit` is set twice"],
    )
    .await;
    says(
        |it| table(it).offset(1).offset(2),
        &["`offset` is set twice"],
    )
    .await;
}

#[tokio::test]
async fn a_method_of_another_verb_is_refused() {
    says(
        |it| table(it).max_affected(1),
        &["`max_affected` does not apply to a read"],
    )
    .await;
    says(
        |it| table(it).expect_rows(1),
        &["`expect_rows` does not apply to a read"],
    )
    .await;
    says(
        |it| table(it).columns("a"),
        &["`columns` does not apply to a read", "select"],
    )
    .await;
    says(
        |it| table(it).on_conflict("a"),
        &["`on_conflict` does not apply to a read"],
    )
    .await;
    says(
        |it| table(it).by_get(),
        &["`by_get` does not apply to a read", "rpc"],
    )
    .await;
    says(
        |it| table(it).delete().eq("a", 1).on_conflict("a"),
        &["`on_conflict`"],
    )
    .await;
}

#[tokio::test]
async fn explaining_a_write_never_executes_it() {
    let (server, client) = crate::support::project().await;
    let delete = || client.from("t").delete().eq("a", 1);
    let error = delete()
        .explain(Explain::new().analyze())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("would execute the write"));
    assert!(server.requests().is_empty());
    delete().explain(Explain::new().verbose()).await.unwrap();
    let count = delete().count().await.unwrap_err();
    assert!(
        count
            .to_string()
            .contains("`count` does not apply to a delete")
    );
}
