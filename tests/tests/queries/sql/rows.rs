//! The rows of the test, and the values that queries are made of: few enough that many queries find
//! something.

use serde_json::{Value, json};

use super::literal;
use crate::random::Random;

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

/// JSON that a column holds.
pub(super) fn data(random: &mut Random) -> Value {
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

/// The statement that gives each user this many rows, and the writers.
pub(super) fn insert(users: &[(&str, usize)]) -> String {
    let random = &mut Random::new(2026);
    let mut rows = Vec::new();
    for (user, count) in users {
        for _ in 0..*count {
            let id = rows.len() + 1;
            let mut cell = |random: &mut Random, value: String| {
                if random.percent(15) {
                    "null".to_owned()
                } else {
                    value
                }
            };
            let text = |random: &mut Random| literal(random.pick(&TEXTS));
            let number = |random: &mut Random| random.pick(&NUMBERS).to_string();
            let (low, length) = (random.below(8), random.below(5));
            let values = [
                id.to_string(),
                literal(user),
                {
                    let value = text(random);
                    cell(random, value)
                },
                {
                    let value = text(random);
                    cell(random, value)
                },
                {
                    let value = text(random);
                    cell(random, value)
                },
                {
                    let value = number(random);
                    cell(random, value)
                },
                {
                    let value = number(random);
                    cell(random, value)
                },
                {
                    let value = random.percent(50).to_string();
                    cell(random, value)
                },
                {
                    let value = literal(random.pick(&TIMES));
                    cell(random, value)
                },
                {
                    let value = array(&random.some(3, |random| random.pick(&TEXTS)), "text");
                    cell(random, value)
                },
                {
                    let value = array(&random.some(3, |random| random.pick(&NUMBERS)), "int");
                    cell(random, value)
                },
                {
                    let value = literal(&data(random).to_string());
                    cell(random, value)
                },
                {
                    let value = format!("int4range({low},{})", low + length);
                    cell(random, value)
                },
                {
                    let value = random.between(1, 3).to_string();
                    cell(random, value)
                },
            ];
            rows.push(format!("({})", values.join(",")));
        }
    }
    format!(
        "insert into writers values (1, 'plain'), (2, 'x,y'), (3, 'two words');
         insert into samples (id, owner, name, \"display name\", \"a.b\", \"limit\", \"order\", flag, at, tags, numbers,
           data, period, writer) values {}",
        rows.join(",")
    )
}
