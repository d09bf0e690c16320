//! A query that a server cannot read with its intended meaning is refused before anything is sent: NUL,
//! empty groups, deep nesting, long URLs, and invalid operators and headers.

use scoped_runtime::{ClientError, Condition, Error, Is, any};
use serde_json::json;

use crate::support::{refused, says, sent, table};

#[tokio::test]
async fn nul_is_refused_wherever_it_stands() {
    let nul = "nul\0other";
    let words = ["NUL"];
    says(|it| table(it).eq("v", nul), &words).await;
    says(|it| table(it).in_("v", ["a", nul]), &words).await;
    says(|it| table(it).contains("v", [nul]), &words).await;
    says(|it| table(it).contains("v", json!({"a": nul})), &words).await;
    says(|it| table(it).like("v", any([nul])), &words).await;
    says(|it| table(it).contains_text("v", nul), &words).await;
    says(|it| table(it).fts("v", nul, None), &words).await;
    says(|it| table(it).filter("v", "eq", nul), &words).await;
    says(|it| table(it).and([Condition::eq("v", nul)]), &words).await;
    says(|it| table(it).or_raw(nul), &words).await;
    says(|it| table(it).eq(nul, 1), &words).await;
    says(|it| table(it).order(nul), &words).await;
    says(|it| table(it).select(nul), &words).await;
    says(|it| table(it).param("x", nul), &words).await;
    says(
        |it| table(it).upsert(json!({"a": 1})).on_conflict(nul),
        &words,
    )
    .await;
    says(|it| table(it).insert(json!({"a": nul})), &words).await;
    says(|it| table(it).update(json!({nul: 1})).eq("a", 1), &words).await;
    says(|it| it.rpc("f", json!({"a": [nul]})), &words).await;
    // A backslash before `u0000` is part of the user's text.
    let escaped = sent(|it| table(it).insert(json!({"a": r"\u0000"}))).await;
    assert_eq!(escaped.json::<serde_json::Value>(), json!({"a": r"\u0000"}));
}

#[tokio::test]
async fn a_group_without_a_condition_is_refused() {
    says(|it| table(it).or([]), &["`or` has no condition"]).await;
    says(|it| table(it).and([]), &["`and` has no condition"]).await;
    says(
        |it| table(it).and([Condition::or([])]),
        &["`or` has no condition"],
    )
    .await;
    for list in [
        " ",
        "a.eq.1)",
        "name.eq.a)b,c.eq.1",
        "a",
        "a.xx.1",
        "id.not.in.()",
        r#"in.in.("")"#,
    ] {
        says(
            |it| table(it).or_raw(list),
            &["`or_raw` is not a list of conditions"],
        )
        .await;
    }
    says(
        |it| table(it).or([Condition::eq("not.x", 1)]),
        &["named `not`"],
    )
    .await;
    let mixed = [Condition::eq("a.x", 1), Condition::eq("b.x", 1)];
    says(|it| table(it).or(mixed), &["`a`", "`b`", "one group"]).await;
}

#[tokio::test]
async fn conditions_have_a_nesting_limit_and_do_not_overflow_the_stack() {
    let nested =
        |depth: usize| (0..depth).fold(Condition::eq("a", 1), |inner, _| Condition::and([inner]));
    says(
        |it| table(it).or([nested(20_000)]),
        &["nested deeper than 64"],
    )
    .await;
    let negated = (0..20_000).fold(Condition::eq("a", 1), |inner, _| !inner);
    assert_eq!(negated, Condition::eq("a", 1));
    sent(|it| table(it).or([nested(50)])).await;
}

#[tokio::test]
async fn a_url_that_is_too_long_is_refused_with_the_alternatives() {
    let values: Vec<u32> = (0..8_000).collect();
    for error in [
        refused(|it| table(it).in_("id", &values)).await,
        refused(|it| table(it).eq("v", "x".repeat(70_000))).await,
    ] {
        let Error::Client(ClientError::UrlTooLong { bytes, limit, .. }) = error else {
            panic!("{error}");
        };
        assert!(bytes > limit && limit == 8192);
    }
    says(
        |it| table(it).in_("id", &values),
        &["chunks", "rpc", "POST", "max_url_bytes"],
    )
    .await;
}

#[tokio::test]
async fn invalid_operators_and_operands_are_refused() {
    for (operator, operand) in [
        ("limit", "1"),
        ("eq.x", "1"),
        ("", "1"),
        ("eq(some)", "1"),
        ("neq(any)", "{1}"),
        ("fts)x(", "x"),
        ("not.not.eq", "1"),
        ("in", "()"),
        ("in", "(\"\")"),
        ("in", "1,2"),
        ("in", "(1),id.eq.2"),
        ("not.in", "(\"a)"),
        ("is", "5"),
    ] {
        says(|it| table(it).filter("a", operator, operand), &["operator"]).await;
        says(
            |it| table(it).or([Condition::not("a", operator, operand)]),
            &["operator"],
        )
        .await;
    }
    says(|it| table(it).fts("a", "x", Some("a)")), &["configuration"]).await;
    says(|it| table(it).contains_text("a", ""), &["every row"]).await;
    sent(|it| {
        table(it)
            .filter("a", "in", r#"(1,"a,\")",)"#)
            .is("b", Is::Unknown)
    })
    .await;
}

#[tokio::test]
async fn what_has_a_method_goes_through_it() {
    for name in [
        "select",
        "limit",
        "x.order",
        "on_conflict",
        "and",
        "not.or",
        "apikey",
        "",
    ] {
        says(|it| table(it).param(name, "1"), &["use the method"]).await;
    }
    says(|it| table(it).param("id", "eq.1"), &["filter(column"]).await;
    says(
        |it| table(it).prefer("resolution=merge-duplicates"),
        &["upsert"],
    )
    .await;
    says(|it| table(it).prefer("max-affected=x"), &["max_affected"]).await;
    for name in [
        "apikey",
        "Authorization",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "content-encoding",
        "accept-encoding",
        "prefer",
        "range",
        "content-type",
        "accept-profile",
        "a b",
    ] {
        says(|it| table(it).header(name, "1"), &["header"]).await;
    }
    says(|it| table(it).header("x", "a\r\nb: c"), &["cannot carry"]).await;
    says(
        |it| table(it).single().header("accept", "image/png"),
        &["`Accept`"],
    )
    .await;
}
