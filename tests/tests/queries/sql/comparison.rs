//! Comparisons that match the types of the columns.

use std::ops::Bound;

use scoped_runtime::Is;
use serde_json::{Value, json};

use super::rows::{NUMBERS, TEXTS, TIMES, data};
use crate::grammar::{Key, Step};
use crate::written::{Form, Operand, Place, Test};
use scoped_tests::Random;

pub(super) fn place(name: &str, path: &[(&str, bool)], exact: bool) -> Place {
    let step = |(key, as_text): &(&str, bool)| {
        let is_index = key.parse::<i64>().is_ok();
        let key = (*key).to_owned();
        Step {
            as_text: *as_text,
            key: if is_index {
                Key::Index(key)
            } else {
                Key::Name(key)
            },
        }
    };
    Place {
        tables: Vec::new(),
        name: name.to_owned(),
        path: path.iter().map(step).collect(),
        exact,
    }
}

fn method(place: Place, operator: &'static str, operand: Operand) -> Test {
    Test {
        place,
        negated: false,
        operator,
        modifier: None,
        operand,
        form: Form::Method,
    }
}

fn texts(random: &Random) -> Vec<String> {
    random.some(3, |random| random.pick(&TEXTS).to_owned())
}

fn numbers(random: &Random) -> Vec<String> {
    random.some(3, |random| random.pick(&NUMBERS).to_string())
}

/// Returns a comparison that matches the type of its column.
pub(super) fn test(random: &Random) -> Test {
    let test = match random.below(12) {
        0..=3 => {
            let place = text_place(random);
            of_text(random, place)
        }
        4 => {
            let place = match random.below(5) {
                0 => place("limit", &[], false),
                1 => place("order", &[], true),
                _ => place("stars", &[], false),
            };
            of_number(random, place)
        }
        5 => {
            let is = random.pick(&[Is::Null, Is::NotNull, Is::True, Is::False, Is::Unknown]);
            method(place("flag", &[], false), "is", Operand::Is(is))
        }
        6 => {
            let operator = random.pick(&["gt", "lte", "eq"]);
            method(
                place("at", &[], false),
                operator,
                Operand::Text(random.pick(&TIMES).to_owned()),
            )
        }
        7 => {
            let operator = random.pick(&["cs", "cd", "ov"]);
            let values = if random.percent(10) {
                Vec::new()
            } else {
                texts(random)
            };
            method(place("tags", &[], false), operator, Operand::Array(values))
        }
        8 => {
            let operator = random.pick(&["cs", "cd", "ov"]);
            method(
                place("numbers", &[], false),
                operator,
                Operand::Array(numbers(random)),
            )
        }
        9 => of_json(random),
        10 => {
            let operator = random.pick(&["cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"]);
            let low = random.below(8);
            let high = low + random.between(1, 5);
            let bounds = (bound(random, low), bound(random, high));
            method(
                place("period", &[], false),
                operator,
                Operand::Range(bounds),
            )
        }
        _ => search(random),
    };
    let is_plain = matches!(
        test.operand,
        Operand::Text(_) | Operand::Array(_) | Operand::Json(_) | Operand::Is(_)
    );
    if is_plain && random.percent(25) {
        let form = random.pick(&[Form::Filter, Form::Not]);
        return Test {
            form,
            negated: random.percent(60),
            ..test
        };
    }
    test
}

fn text_place(random: &Random) -> Place {
    match random.below(9) {
        0 => place("display name", &[], false),
        1 => place("a.b", &[], true),
        2 => place("data", &[("display name", true)], false),
        3 => place("data", &[("text", true)], false),
        4 | 5 => place("title", &[], false),
        _ => place("name", &[], false),
    }
}

pub(super) fn of_text(random: &Random, place: Place) -> Test {
    let text = random.pick(&TEXTS).to_owned();
    match random.below(8) {
        0..=2 => {
            let operator =
                random.pick(&["eq", "eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"]);
            method(place, operator, Operand::Text(text))
        }
        3 => {
            let patterns = [
                "%a%", "*o*", "_o%", "x,y", "100\\%", "(%)", "%\\\\%", "%\"%",
            ];
            method(
                place,
                random.pick(&["like", "ilike"]),
                Operand::Text(random.pick(&patterns).to_owned()),
            )
        }
        4 => {
            let patterns = ["^[a-d]", "o", "\\*$", "A", "^$", "[,(]", "\\\\"];
            method(
                place,
                random.pick(&["match", "imatch"]),
                Operand::Text(random.pick(&patterns).to_owned()),
            )
        }
        5 => method(place, "in", Operand::Among(texts(random))),
        6 => {
            let quantifier = random.pick(&["any", "all"]);
            let operator = random.pick(&["eq", "gt", "lte", "like", "ilike"]);
            let values = if operator.ends_with("like") {
                random.some(2, |random| {
                    random.pick(&["%a%", "*o*", "x,%", "%"]).to_owned()
                })
            } else {
                texts(random)
            };
            Test {
                modifier: Some(quantifier),
                ..method(place, operator, Operand::Array(values))
            }
        }
        _ => {
            let text = random.pick(&["o", "%", "_", "*", "\\", "A", ",", "\"", "(a", "."]);
            method(
                place,
                random.pick(&["match", "imatch"]),
                Operand::Literal(text.to_owned()),
            )
        }
    }
}

fn of_number(random: &Random, place: Place) -> Test {
    match random.below(4) {
        0 => method(place, "in", Operand::Among(numbers(random))),
        1 => {
            let modifier = Some(random.pick(&["any", "all"]));
            let operand = Operand::Array(numbers(random));
            Test {
                modifier,
                ..method(place, random.pick(&["eq", "gt", "lte"]), operand)
            }
        }
        2 => method(
            place,
            "is",
            Operand::Is(random.pick(&[Is::Null, Is::NotNull])),
        ),
        _ => {
            let operator = random.pick(&["eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"]);
            method(
                place,
                operator,
                Operand::Text(random.pick(&NUMBERS).to_string()),
            )
        }
    }
}

fn of_json(random: &Random) -> Test {
    let whole = place("data", &[], false);
    match random.below(5) {
        0 => {
            let number = Operand::Text(random.pick(&NUMBERS).to_string());
            let places = [
                place("data", &[("n", false)], false),
                place("data", &[("list", false), ("0", false)], false),
            ];
            method(
                random.pick(&places),
                random.pick(&["eq", "gt", "lte"]),
                number,
            )
        }
        1 => {
            let number = Operand::Text(random.pick(&NUMBERS).to_string());
            method(
                place("data", &[("list", false), ("-1", true)], false),
                "eq",
                number,
            )
        }
        2 => method(whole, "cd", Operand::Json(data(random))),
        _ => {
            let part: Value = match random.below(3) {
                0 => json!({ "n": random.pick(&NUMBERS) }),
                1 => json!({ "display name": random.pick(&TEXTS) }),
                _ => json!({ "list": [random.pick(&NUMBERS)] }),
            };
            method(whole, "cs", Operand::Json(part))
        }
    }
}

fn bound(random: &Random, value: usize) -> Bound<String> {
    match random.below(5) {
        0 => Bound::Unbounded,
        1 | 2 => Bound::Included(value.to_string()),
        _ => Bound::Excluded(value.to_string()),
    }
}

/// Returns a full-text search on the column of type `tsvector`.
fn search(random: &Random) -> Test {
    let place = place("words", &[], false);
    let (operator, text) = match random.below(4) {
        0 => (
            "fts",
            random.pick(&["cat & dog", "dog", "cat | word", "!dog"]),
        ),
        1 => ("plfts", random.pick(&["dogs cats", "a dog", "words"])),
        2 => ("phfts", random.pick(&["dog barks", "barks dog"])),
        _ => (
            "wfts",
            random.pick(&["dog -cat", "\"two words\" or plain", "slash"]),
        ),
    };
    let modifier = random.pick(&[None, Some("english")]);
    Test {
        modifier,
        ..method(place, operator, Operand::Text(text.to_owned()))
    }
}
