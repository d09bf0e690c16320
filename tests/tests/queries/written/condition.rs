use std::ops::Bound;

use scoped_runtime::{Condition, Is};
use serde_json::{Value, json};

use super::test::{Form, Operand, Place, Test};
use crate::hostile;
use scoped_tests::Random;

/// A condition of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    Test(Test),
    Group { any: bool, members: Vec<Said> },
    Not(Box<Said>),
}

impl Said {
    /// A random condition on the table at this path, with groups up to this depth.
    pub(crate) fn random(random: &Random, tables: &[String], depth: usize) -> Self {
        if random.percent(15) {
            return Self::Not(Box::new(Self::random(random, tables, depth)));
        }
        if depth > 0 && random.percent(30) {
            let any = random.percent(50);
            let members = random.some(3, |random| Self::random(random, tables, depth - 1));
            return Self::Group { any, members };
        }
        Self::Test(Test::random(random, tables))
    }

    pub(crate) fn condition(&self) -> Condition {
        match self {
            Self::Test(test) => test.condition(),
            Self::Not(said) => !said.condition(),
            Self::Group { any, members } => {
                let members = members.iter().map(Self::condition);
                if *any {
                    Condition::or(members)
                } else {
                    Condition::and(members)
                }
            }
        }
    }
}

const CONFIGURATIONS: [Option<&str>; 3] = [None, Some("english"), Some("simple")];

impl Test {
    /// A random comparison.
    pub(crate) fn random(random: &Random, tables: &[String]) -> Self {
        let place = Place::random(random, tables);
        let form = random.pick(&[Form::Method, Form::Method, Form::Filter, Form::Not]);
        let texts = |random: &Random| -> Vec<String> {
            if random.percent(10) {
                Vec::new()
            } else {
                random.some(3, hostile::value)
            }
        };
        let (operator, modifier, operand) = match random.below(12) {
            0..=2 => {
                let operators = ["eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"];
                (
                    random.pick(&operators),
                    None,
                    Operand::Text(hostile::value(random)),
                )
            }
            3 => {
                let operators = ["like", "ilike", "match", "imatch"];
                (
                    random.pick(&operators),
                    None,
                    Operand::Text(hostile::value(random)),
                )
            }
            4 => {
                let operators = ["fts", "plfts", "phfts", "wfts"];
                let configuration = random.pick(&CONFIGURATIONS);
                (
                    random.pick(&operators),
                    configuration,
                    Operand::Text(hostile::value(random)),
                )
            }
            5 => ("in", None, Operand::Among(texts(random))),
            6 => {
                let all = [Is::Null, Is::NotNull, Is::True, Is::False, Is::Unknown];
                ("is", None, Operand::Is(random.pick(&all)))
            }
            7 => {
                let operators = ["eq", "gt", "lte", "like", "ilike", "match", "imatch"];
                let quantifier = random.pick(&["any", "all"]);
                (
                    random.pick(&operators),
                    Some(quantifier),
                    Operand::Array(texts(random)),
                )
            }
            8 => (
                random.pick(&["cs", "cd", "ov"]),
                None,
                Operand::Array(texts(random)),
            ),
            9 => {
                let operators = ["cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"];
                let bounds = (bound(random), bound(random));
                (random.pick(&operators), None, Operand::Range(bounds))
            }
            10 => (
                random.pick(&["cs", "cd"]),
                None,
                Operand::Json(value(random, 2)),
            ),
            _ => {
                let text = format!("{}x", hostile::value(random));
                (
                    random.pick(&["match", "imatch"]),
                    None,
                    Operand::Literal(text),
                )
            }
        };
        let form = match &operand {
            Operand::Range(_) | Operand::Literal(_) => Form::Method,
            // `filter` refuses an empty list.
            Operand::Among(texts) if texts.is_empty() || *texts == [""] => Form::Method,
            _ => form,
        };
        let negated = match form {
            Form::Method => false,
            Form::Filter | Form::Not => random.percent(50),
        };
        Self {
            place,
            negated,
            operator,
            modifier,
            operand,
            form,
        }
    }
}

fn bound(random: &Random) -> Bound<String> {
    let value = if random.percent(70) {
        random.number().to_string()
    } else {
        hostile::value(random)
    };
    match random.below(3) {
        0 => Bound::Included(value),
        1 => Bound::Excluded(value),
        _ => Bound::Unbounded,
    }
}

/// Returns JSON of this depth.
pub(crate) fn value(random: &Random, depth: usize) -> Value {
    match random.below(if depth > 0 { 7 } else { 4 }) {
        0 => json!(random.number()),
        1 => Value::Null,
        2 => json!(random.percent(50)),
        3 | 4 => json!(hostile::value(random)),
        5 => {
            let count = random.below(3);
            (0..count).map(|_| value(random, depth - 1)).collect()
        }
        _ => {
            let count = random.below(3);
            let member = |_| (hostile::exact_name(random), value(random, depth - 1));
            Value::Object((0..count).map(member).collect())
        }
    }
}
