//! Rows as types, by serde.

use std::collections::BTreeMap;

use scoped_runtime::{Error, PostgresError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::World;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mood {
    Calm,
    Wild,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Everything {
    truth: bool,
    small: i16,
    whole: u32,
    large: i64,
    real: f32,
    double: f64,
    amount: f64,
    digits: String,
    text: String,
    id: uuid::Uuid,
    at: chrono::DateTime<chrono::Utc>,
    local: chrono::NaiveDateTime,
    day: jiff::civil::Date,
    hour: String,
    bytes: String,
    mood: Mood,
    absent: Option<i32>,
    list: Vec<Option<String>>,
    data: BTreeMap<String, Value>,
}

const EVERYTHING: &str = "select true as truth, 1::int2 as small, 2 as whole, 3::int8 as large, 0.5::float4 as real,
    0.25::float8 as double, 12.50::numeric as amount, 12345678901234567890.123::numeric as digits,
    'words' as text, '6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11'::uuid as id,
    '2026-02-28 23:59:59.25+01'::timestamptz as at, '2026-02-28 23:59:59'::timestamp as local,
    '2024-02-29'::date as day, '08:30'::time as hour, '\\x00ff'::bytea as bytes, 'wild'::mood as mood,
    null::int4 as absent, array['a', null] as list, '{\"a\": [1, null]}'::jsonb as data";

#[tokio::test]
async fn every_usual_type_is_read() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let row: Everything = alice.fetch_one(EVERYTHING, &[]).await.unwrap();
    let expected = Everything {
        truth: true,
        small: 1,
        whole: 2,
        large: 3,
        real: 0.5,
        double: 0.25,
        amount: 12.5,
        digits: "12345678901234567890.123".to_owned(),
        text: "words".to_owned(),
        id: "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11".parse().unwrap(),
        at: "2026-02-28T22:59:59.25Z".parse().unwrap(),
        local: "2026-02-28T23:59:59".parse().unwrap(),
        day: jiff::civil::date(2024, 2, 29),
        hour: "08:30:00".to_owned(),
        bytes: "\\x00ff".to_owned(),
        mood: Mood::Wild,
        absent: None,
        list: vec![Some("a".to_owned()), None],
        data: BTreeMap::from([("a".to_owned(), json!([1, null]))]),
    };
    assert_eq!(row, expected);
}

#[tokio::test]
async fn a_row_as_json_is_what_postgresql_makes_of_it() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    // What JSON cannot hold exactly is left out: `digits` is a number there.
    let sql = format!("select to_jsonb(e) - 'digits' as row from ({EVERYTHING}) e");
    let by_server: Value = alice.fetch_one::<(Value,)>(&sql, &[]).await.unwrap().0;
    let mut by_us: Value = alice.fetch_one(EVERYTHING, &[]).await.unwrap();
    by_us.as_object_mut().unwrap().remove("digits");
    assert_eq!(by_us, by_server);
}

#[tokio::test]
async fn values_and_tuples_are_read_by_place() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    assert_eq!(
        alice
            .fetch_one::<i64>("select count(*) from notes", &[])
            .await
            .unwrap(),
        2
    );
    for nothing in ["null::int4", "'null'::jsonb", "' null '::json"] {
        let sql = format!("select {nothing}");
        let read = alice.fetch_one::<Option<i32>>(&sql, &[]).await;
        assert_eq!(read.unwrap(), None, "{nothing}");
    }
    let some = alice.fetch_one::<Option<i32>>("select '1'::jsonb", &[]);
    assert_eq!(some.await.unwrap(), Some(1));
    let pair: (String, i32) = alice.fetch_one("select 'a', 1", &[]).await.unwrap();
    assert_eq!(pair, ("a".to_owned(), 1));
    assert_eq!(
        alice
            .fetch_one::<Mood>("select 'calm'::mood", &[])
            .await
            .unwrap(),
        Mood::Calm
    );
}

#[tokio::test]
async fn what_does_not_fit_is_told_without_the_value() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let cases: [(&str, &str, &str); 6] = [
        ("select 'SECRET' as n", "n", "text"),
        ("select 4711 as body, 0 as n", "body", "integer"),
        ("select '{\"x\": \"SECRET\"}'::jsonb as n", "n", "JSON"),
        ("select point '(1,2)' as n", "n", "cast it in the SQL"),
        ("select null::int4 as n", "n", "NULL"),
        ("select 99999999999 as n", "n", "integer"),
    ];
    for (sql, column, cause) in cases {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "never read")]
        struct Wanted {
            #[serde(default)]
            body: String,
            n: i32,
        }
        let error = alice.fetch_one::<Wanted>(sql, &[]).await.unwrap_err();
        let Error::Postgres(PostgresError::Decode {
            row: 1,
            column: found,
            ..
        }) = &error
        else {
            panic!("{error}")
        };
        assert_eq!(found.as_deref(), Some(column), "{error}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(cause), "{text}");
        assert!(
            !text.contains("SECRET") && !text.contains("4711") && !text.contains("9999"),
            "{text}"
        );
    }
    let error = alice
        .fetch_one::<i32>("select 1, 2", &[])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("2 columns"), "{error}");
}
