//! Values are written in the notation of PostgreSQL and cannot become syntax.

use std::ops::Bound;
use std::sync::Arc;

use scoped_runtime::{Condition, FilterValue, Is, UserId, all, any, json, text};
use serde_json::json as value;

use crate::support::{ALICE, pair, parameters, sent};

/// Returns the text that is sent for a value.
fn written(value: impl FilterValue) -> String {
    let mut text = String::new();
    value.append_to(&mut text);
    text
}

#[test]
fn numbers_texts_and_identifiers_are_values() {
    assert_eq!(written(-5_i8), "-5");
    assert_eq!(
        written(u128::MAX),
        "340282366920938463463374607431768211455"
    );
    assert_eq!(written(0.1_f32), "0.1");
    assert_eq!(written(f64::NAN), "NaN");
    assert_eq!(written(f64::INFINITY), "Infinity");
    assert_eq!(written(f32::NEG_INFINITY), "-Infinity");
    assert_eq!(written(true), "true");
    assert_eq!(written('x'), "x");
    assert_eq!(written("a b"), "a b");
    assert_eq!(written(Arc::new(String::from("a"))), "a");
    assert_eq!(
        written(uuid::Uuid::nil()),
        "00000000-0000-0000-0000-000000000000"
    );
    assert_eq!(written(ALICE.parse::<UserId>().unwrap()), ALICE);
    assert_eq!(written(text(std::net::Ipv6Addr::LOCALHOST)), "::1");
}

#[test]
fn times_of_chrono_are_written_in_the_format_of_postgres() {
    use chrono::{NaiveDate, TimeZone, Utc};

    let day = |year| NaiveDate::from_ymd_opt(year, 3, 15).unwrap();
    assert_eq!(written(day(2026)), "2026-03-15");
    assert_eq!(written(day(12026)), "12026-03-15");
    assert_eq!(written(day(-43)), "0044-03-15 BC");
    assert_eq!(written(day(0)), "0001-03-15 BC");
    let moment = day(2026).and_hms_micro_opt(1, 2, 3, 4).unwrap();
    assert_eq!(written(moment), "2026-03-15T01:02:03.000004");
    assert_eq!(
        written(Utc.from_utc_datetime(&moment)),
        "2026-03-15T01:02:03.000004Z"
    );
    let zone = chrono::FixedOffset::east_opt(3600).unwrap();
    assert_eq!(
        written(zone.from_utc_datetime(&moment)),
        "2026-03-15T01:02:03.000004Z"
    );
    let ancient = day(-43).and_hms_opt(1, 2, 3).unwrap();
    assert_eq!(written(ancient), "0044-03-15T01:02:03 BC");
    assert_eq!(written(moment.time()), "01:02:03.000004");
}

#[test]
fn times_of_jiff_are_written_in_the_format_of_postgres() {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    assert_eq!(written(date(2026, 3, 15)), "2026-03-15");
    assert_eq!(written(date(-43, 3, 15)), "0044-03-15 BC");
    let moment = date(2026, 3, 15).at(1, 2, 3, 4_000);
    assert_eq!(written(moment), "2026-03-15T01:02:03.000004");
    let zoned = moment
        .to_zoned(TimeZone::fixed(jiff::tz::offset(1)))
        .unwrap();
    assert_eq!(written(zoned.clone()), "2026-03-15T00:02:03.000004Z");
    assert_eq!(written(zoned.timestamp()), "2026-03-15T00:02:03.000004Z");
    assert_eq!(written(moment.time()), "01:02:03.000004");
}

#[tokio::test]
async fn a_value_can_neither_add_a_parameter_nor_leave_its_quotes() {
    let hostile = r#"x"),y\,z&owner=eq.1"#;
    let quoted = r#""x\"),y\\,z&owner=eq.1""#;
    let request = sent(|it| it.from("t").eq("a", hostile)).await;
    assert_eq!(parameters(&request), [pair("a", &format!("eq.{hostile}"))]);

    let request = sent(|it| it.from("t").in_("a", [hostile, "b c"])).await;
    assert_eq!(
        parameters(&request),
        [pair("a", &format!(r#"in.({quoted},"b c")"#))]
    );

    let request = sent(|it| {
        it.from("t").or([
            Condition::eq("name", hostile),
            !Condition::in_("id", [1, 2]),
            Condition::and([Condition::is_null("a"), Condition::gt("n->>x", "3")]),
            Condition::filter("b", "in", "(1,2)"),
        ])
    })
    .await;
    let expected =
        format!("(name.eq.{quoted},id.not.in.(1,2),and(a.is.null,n->>x.gt.3),b.in.(1,2))");
    assert_eq!(parameters(&request), [pair("or", &expected)]);

    let request = sent(|it| it.from("t").or_raw("a.eq.1,b.eq.2").and_raw("c.eq.3")).await;
    let expected = [pair("or", "(a.eq.1,b.eq.2)"), pair("and", "(c.eq.3)")];
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn a_sole_empty_text_is_not_an_empty_list() {
    let request = sent(|it| it.from("t").in_("v", [""])).await;
    assert_eq!(parameters(&request), [pair("v", r#"in.("","")"#)]);
    let request = sent(|it| it.from("t").delete().and([!Condition::in_("v", [""])])).await;
    assert_eq!(parameters(&request), [pair("and", r#"(v.not.in.("",""))"#)]);
    // With an empty list no value matches, whichever server reads it.
    let request = sent(|it| it.from("t").delete().in_("v", [""; 0])).await;
    assert_eq!(
        parameters(&request),
        [pair("and", "(v.is.null,v.not.is.null)")]
    );
    let request = sent(|it| {
        it.from("t")
            .or([Condition::in_("v", [0; 0]), Condition::eq("a", 1)])
    })
    .await;
    assert_eq!(parameters(&request), [pair("or", "(a.eq.1)")]);
    let request = sent(|it| it.from("t").and([!Condition::in_("v", [0; 0])])).await;
    assert_eq!(parameters(&request), []);
}

#[tokio::test]
async fn any_and_all_compare_with_several_values() {
    let request = sent(|it| {
        let query = it
            .from("t")
            .eq("a", any([1, 2]))
            .like("b", all(["x,*", r#""}"#]));
        query.or([Condition::ilike("b", any(["a*", "b"]))])
    })
    .await;
    let expected = [
        pair("a", "eq(any).{1,2}"),
        pair("b", r#"like(all).{"x,*","\"}"}"#),
        pair("or", r#"(b.ilike(any)."{\"a*\",\"b\"}")"#),
    ];
    assert_eq!(parameters(&request), expected);
    let request = sent(|it| it.from("t").eq("a", any([0; 0]))).await;
    assert_eq!(
        parameters(&request),
        [pair("and", "(a.is.null,a.not.is.null)")]
    );
}

#[tokio::test]
async fn arrays_ranges_and_json_are_literals_of_postgres() {
    #[derive(serde::Serialize)]
    struct Size {
        width: u32,
    }
    let request = sent(|it| {
        let query = it.from("t").contains("a", ["x", "null", "", r#"q"\"#]);
        let query = query
            .contained_by("b", vec![1, -2])
            .overlaps("c", [1.5].as_slice());
        let query = query
            .contains("d", 1..3)
            .contains("d", 1..=3)
            .contains("d", ..3);
        let query = query
            .range_lt("d", 1..)
            .range_lte("d", 1..3)
            .range_gt("d", ..=3);
        let query = query.range_gte("d", (Bound::Excluded(1), Bound::Unbounded));
        let query = query.range_adjacent("d", "2026-01-01"..="2026-02-01");
        query
            .contains("e", json(&Size { width: 3 }))
            .contains("e", value!(["a"]))
    })
    .await;
    let expected = [
        pair("a", r#"cs.{"x","null","","q\"\\"}"#),
        pair("b", "cd.{1,-2}"),
        pair("c", "ov.{1.5}"),
        pair("d", "cs.[1,3)"),
        pair("d", "cs.[1,3]"),
        pair("d", "cs.(,3)"),
        pair("d", "sl.[1,)"),
        pair("d", "nxr.[1,3)"),
        pair("d", "sr.(,3]"),
        pair("d", "nxl.(1,)"),
        pair("d", "adj.[2026-01-01,2026-02-01]"),
        pair("e", r#"cs.{"width":3}"#),
        pair("e", r#"cs.["a"]"#),
    ];
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn a_literal_search_has_no_wildcards() {
    for (text, pattern) in [
        ("50%", r"match.50\%"),
        ("a_b", "match.a_b"),
        ("a*b", r"match.a\*b"),
        (r"a\b", r"match.a\\b"),
        ("(x|y)[.]^$+?{1}", r"match.\(x\|y\)\[\.\]\^\$\+\?\{1\}"),
        ("ü ß", "match.ü ß"),
    ] {
        let request = sent(|it| it.from("t").contains_text("a", text)).await;
        assert_eq!(parameters(&request), [pair("a", pattern)]);
    }
    let request = sent(|it| it.from("t").or([Condition::icontains_text("a", "x,*")])).await;
    assert_eq!(
        parameters(&request),
        [pair("or", r#"(a.imatch."x\\,\\*")"#)]
    );
}

#[tokio::test]
async fn null_and_booleans_have_a_type_of_their_own() {
    let request = sent(|it| {
        let query = it.from("t").is_null("a").is("b", Is::NotNull).is("c", true);
        query
            .is("d", None::<bool>)
            .not("e", "is", "null")
            .or([!Condition::is("f", false)])
    })
    .await;
    let expected = [
        pair("a", "is.null"),
        pair("b", "is.not_null"),
        pair("c", "is.true"),
        pair("d", "is.null"),
        pair("e", "not.is.null"),
        pair("or", "(f.not.is.false)"),
    ];
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn a_double_negation_cancels_out() {
    let request = sent(|it| {
        it.from("t").and([
            !Condition::not("a", "eq", 1),
            Condition::filter("b", "not.eq", 1),
            !Condition::filter("c", "eq", 1),
        ])
    })
    .await;
    assert_eq!(
        parameters(&request),
        [pair("and", "(a.eq.1,b.not.eq.1,c.not.eq.1)")]
    );
}
