//! PostgreSQL reads the value of a filter as the value that was given to the query.

use chrono::{FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use jiff::civil;
use scoped_runtime::FilterValue;
use serde_json::Value;

use super::{literal, server};

/// The value to send, and the type and the SQL that it must equal.
fn case(value: impl FilterValue, of: &str, sql: &str) -> String {
    let mut text = String::new();
    value.append_to(&mut text);
    let sent = literal(&text);
    format!("select {sent}::text as sent where ({sent}::{of} = {sql}) is not true")
}

fn cases() -> Vec<String> {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let noon = NaiveTime::from_hms_milli_opt(12, 30, 0, 500).unwrap();
    let east = FixedOffset::east_opt(7_200).unwrap();
    let utc = |year| Utc.from_utc_datetime(&date(year, 6, 15).and_time(noon));
    vec![
        case(date(2026, 1, 31), "date", "make_date(2026, 1, 31)"),
        case(date(0, 2, 29), "date", "make_date(-1, 2, 29)"),
        case(date(-43, 3, 15), "date", "make_date(-44, 3, 15)"),
        case(date(7, 3, 1), "date", "make_date(7, 3, 1)"),
        case(date(12_345, 3, 1), "date", "make_date(12345, 3, 1)"),
        case(noon, "time", "make_time(12, 30, 0.5)"),
        case(
            date(-43, 3, 15).and_time(noon),
            "timestamp",
            "make_timestamp(-44, 3, 15, 12, 30, 0.5)",
        ),
        case(
            utc(2026),
            "timestamptz",
            "make_timestamptz(2026, 6, 15, 12, 30, 0.5, 'UTC')",
        ),
        case(
            utc(2026).with_timezone(&east),
            "timestamptz",
            "make_timestamptz(2026, 6, 15, 12, 30, 0.5, 'UTC')",
        ),
        case(
            utc(-43),
            "timestamptz",
            "make_timestamptz(-44, 6, 15, 12, 30, 0.5, 'UTC')",
        ),
        case(
            utc(12_345),
            "timestamptz",
            "make_timestamptz(12345, 6, 15, 12, 30, 0.5, 'UTC')",
        ),
        case(civil::date(2026, 1, 31), "date", "make_date(2026, 1, 31)"),
        case(civil::date(-43, 3, 15), "date", "make_date(-44, 3, 15)"),
        case(
            civil::time(12, 30, 0, 500_000_000),
            "time",
            "make_time(12, 30, 0.5)",
        ),
        case(
            civil::datetime(0, 2, 29, 1, 2, 3, 0),
            "timestamp",
            "make_timestamp(-1, 2, 29, 1, 2, 3)",
        ),
        case(
            jiff::Timestamp::UNIX_EPOCH,
            "timestamptz",
            "to_timestamp(0)",
        ),
        case(
            jiff::Timestamp::from_second(-100_000_000_000).unwrap(),
            "timestamptz",
            "to_timestamp(-100000000000)",
        ),
        case(f64::NAN, "float8", "'NaN'::float8"),
        case(f64::INFINITY, "float8", "'Infinity'::float8"),
        case(f64::NEG_INFINITY, "float8", "'-Infinity'::float8"),
        case(0.1, "float8", "0.1::float8"),
        case(f64::MAX, "float8", "1.7976931348623157e308::float8"),
        case(
            f64::MIN_POSITIVE,
            "float8",
            "2.2250738585072014e-308::float8",
        ),
        case(0.1_f32, "float4", "0.1::float4"),
        case(
            i128::MIN,
            "numeric",
            "-170141183460469231731687303715884105728",
        ),
        case(u64::MAX, "numeric", "18446744073709551615"),
        case(true, "boolean", "true"),
        case('\'', "text", "chr(39)"),
        case(
            uuid::Uuid::from_u128(0xa1),
            "uuid",
            "'00000000-0000-0000-0000-0000000000a1'::uuid",
        ),
    ]
}

#[tokio::test]
async fn postgresql_reads_every_kind_of_filter_value_unchanged() {
    let cases = cases().join("\nunion all ");
    let wrong = server().await.sql(&cases).await.unwrap();
    assert_eq!(wrong, Value::Array(Vec::new()));
    // Checks that the comparison can also fail.
    let wrong = server().await.sql(&case(1, "int", "2")).await.unwrap();
    assert_eq!(wrong[0]["sent"], "1");
}
