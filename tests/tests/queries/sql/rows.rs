//! The rows of the test, and the values that queries are made of. There are few values, so that many
//! queries find rows.

use serde_json::{Value, json};

use super::literal;
use scoped_tests::Random;

pub(super) const TEXTS: [&str; 16] = [
    "plain",
    "two words",
    "x,y",
    "(a)",
    "quo\"te",
    "back\\slash",
    "100%",
    "under_score",
    "star*",
    "",
    "NULL",
    "é名",
    "cats and dogs",
    "a dog barks",
    "{a,b}",
    "eq.1",
];

pub(super) const NUMBERS: [i64; 6] = [-1, 0, 1, 2, 5, 40];

pub(super) const TIMES: [&str; 3] = [
    "2026-01-01T00:00:00Z",
    "2026-06-15T12:30:00.5Z",
    "1999-12-31T23:59:59Z",
];

/// JSON values of a column.
pub(super) fn data(random: &Random) -> Value {
    json!({
        "n": random.pick(&NUMBERS),
        "text": random.pick(&TEXTS),
        "display name": random.pick(&TEXTS),
        "list": random.some(3, |random| random.pick(&NUMBERS)),
    })
}

pub(super) fn array<T: ToString>(values: &[T], of: &str) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|value| literal(&value.to_string()))
        .collect();
    format!("array[{}]::{of}[]", values.join(","))
}

/// Generates a value in the notation of PostgreSQL.
type Cell = fn(&Random) -> String;

/// The columns with the generators of their values.
const COLUMNS: [(&str, Cell); 14] = [
    ("name", text),
    ("title", text),
    ("\"display name\"", text),
    ("\"a.b\"", text),
    ("stars", number),
    ("\"limit\"", number),
    ("\"order\"", number),
    ("flag", |random| random.percent(50).to_string()),
    ("at", |random| literal(random.pick(&TIMES))),
    ("tags", |random| {
        array(&random.some(3, |random| random.pick(&TEXTS)), "text")
    }),
    ("numbers", |random| {
        array(&random.some(3, |random| random.pick(&NUMBERS)), "int")
    }),
    ("data", |random| literal(&data(random).to_string())),
    ("period", |random| {
        let low = random.below(8);
        format!("int4range({low},{})", low + random.below(5))
    }),
    ("writer", |random| random.between(1, 3).to_string()),
];

fn text(random: &Random) -> String {
    literal(random.pick(&TEXTS))
}

fn number(random: &Random) -> String {
    random.pick(&NUMBERS).to_string()
}

/// Returns the statement that gives each user this number of rows, and inserts the writers.
pub(super) fn insert(users: &[(&str, usize)]) -> String {
    let random = &Random::new(2026);
    let mut rows = Vec::new();
    for (user, count) in users {
        for _ in 0..*count {
            let mut values = vec![(rows.len() + 1).to_string(), literal(user)];
            for (_, value) in COLUMNS {
                let value = value(random);
                let is_null = random.percent(15);
                values.push(if is_null { "null".to_owned() } else { value });
            }
            rows.push(format!("({})", values.join(",")));
        }
    }
    format!(
        "insert into writers values (1, 'plain'), (2, 'x,y'), (3, 'two words');
         insert into samples (id, owner, {}) values {}",
        COLUMNS.map(|(name, _)| name).join(","),
        rows.join(",")
    )
}
