//! Filters, conditions and orders share one grammar of columns.

use scoped_runtime::{Column, Condition, Order, Query};

use crate::support::{pair, parameters, refused, sent};

/// Returns what a filter, a condition and an order send for a column.
async fn written(column: &str) -> [(String, String); 3] {
    let request = sent(|it| {
        let query = it
            .from("t")
            .eq(column, "x")
            .or([Condition::eq(column, "x")]);
        query.order(column)
    })
    .await;
    parameters(&request).try_into().unwrap()
}

#[tokio::test]
async fn filters_conditions_and_orders_write_a_column_the_same_way() {
    for (column, name) in [
        ("stars", "stars"),
        ("meta->>display name", r#"meta->>"display name""#),
        ("meta->tags->0->>a.b", r#"meta->tags->0->>"a.b""#),
        ("meta->-1", "meta->-1"),
        ("नाम", r#""नाम""#),
        ("m²", r#""m²""#),
        ("x-", r#""x-""#),
        ("a>b", r#""a>b""#),
        ("name,foo", r#""name,foo""#),
        ("name(x)", r#""name(x)""#),
        (r"a\b", r#""a\\b""#),
        ("a b", r#""a b""#),
        ("a:b", r#""a:b""#),
        ("$", r#""$""#),
    ] {
        let expected = [
            pair(name, "eq.x"),
            pair("or", &format!("({name}.eq.x)")),
            pair("order", name),
        ];
        assert_eq!(written(column).await, expected, "{column}");
    }
}

/// Names that PostgREST, or the gateway, uses for parameters.
const PARAMETERS: [&str; 10] = [
    "select",
    "order",
    "limit",
    "offset",
    "columns",
    "on_conflict",
    "and",
    "or",
    "not",
    "apikey",
];

#[tokio::test]
async fn a_column_with_a_parameters_name_is_still_a_column() {
    for name in PARAMETERS {
        let quoted = format!("\"{name}\"");
        let expected = [
            pair(&quoted, "eq.x"),
            pair("or", &format!("({quoted}.eq.x)")),
            pair("order", &quoted),
        ];
        assert_eq!(written(name).await, expected, "{name}");
        let embedded = written(&format!("b.{name}")).await;
        let key = format!("b.{quoted}");
        let expected = [
            pair(&key, "eq.x"),
            pair("b.or", &format!("({quoted}.eq.x)")),
            pair("b.order", &quoted),
        ];
        assert_eq!(embedded, expected, "{name}");
    }
}

#[tokio::test]
async fn a_delete_filtered_by_a_column_named_like_a_parameter_is_filtered() {
    let filters: [fn(Query, &str) -> Query; 6] = [
        |query, column| query.eq(column, "5"),
        |query, column| query.in_(column, ["5"]),
        |query, column| query.not(column, "eq", "5"),
        |query, column| query.filter(column, "gt", "5"),
        |query, column| query.is_null(column),
        |query, column| query.contains(column, [5]),
    ];
    for name in PARAMETERS {
        for filter in filters {
            let delete =
                sent(|it| filter(it.from("quotas").delete().eq("tenant", "a"), name)).await;
            let keys: Vec<String> = parameters(&delete)
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            assert_eq!(keys, ["tenant".to_owned(), format!("\"{name}\"")]);
        }
    }
}

#[tokio::test]
async fn an_exact_column_may_contain_any_character() {
    let request = sent(|it| {
        let exact = Column::exact(r#"a."b->c"#);
        let query = it
            .from("t")
            .eq(exact.clone(), 1)
            .eq(exact.clone().of("x.y").of("z"), 2);
        query
            .eq(exact.get("0").get_text("d e"), 3)
            .eq(Column::exact("plain").get("k"), 4)
    })
    .await;
    let expected = [
        pair(r#""a.\"b->c""#, "eq.1"),
        pair(r#"z."x.y"."a.\"b->c""#, "eq.2"),
        pair(r#""a.\"b->c"->"0"->>"d e""#, "eq.3"),
        pair(r#"plain->"k""#, "eq.4"),
    ];
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn columns_without_a_name_are_refused() {
    for column in [
        "", ".", "a.", ".b", "a..b", "a->", "->b", "a->>b->", "a->->b", r#""a""#,
    ] {
        let error = refused(|it| it.from("t").eq(column, 1)).await.to_string();
        assert!(error.contains("column"), "{column}: {error}");
        refused(|it| it.from("t").and([Condition::eq(column, 1)])).await;
        refused(|it| it.from("t").order(column)).await;
    }
    let error = refused(|it| it.from("t").eq("a..b", 1)).await.to_string();
    assert_eq!(
        error,
        "column `a..b` has an empty part; name each part, or use `Column::exact` for a name that contains `.` or `->`"
    );
}

#[tokio::test]
async fn orders_have_their_directions_as_types_and_add_up() {
    let request = sent(|it| {
        let query = it.from("t").order(Order::desc("a").nulls_last()).order("b");
        let query = query.order(Order::asc("c").nulls_first());
        let query = query.order(Order::desc("child.d->>e")).order("child.f");
        query
            .order(Order::desc("parent.name").top_level())
            .order(Order::asc("g->0").top_level())
    })
    .await;
    let expected = [
        pair(
            "order",
            "a.desc.nullslast,b,c.nullsfirst,parent(name).desc,g->0",
        ),
        pair("child.order", "d->>e.desc,f"),
    ];
    assert_eq!(parameters(&request), expected);
    for order in [Order::asc("a.b.c"), Order::asc("a.b->0")] {
        refused(|it| it.from("t").order(order.top_level())).await;
    }
    for text in ["a.desc", "a.asc", "a.nullslast"] {
        let error = refused(|it| it.from("t").order(text)).await.to_string();
        assert!(error.contains("Order::desc"), "{error}");
    }
}
