//! The functions of PostgreSQL that the engine knows. **Add a function here**: its name, and the value that
//! it returns for the values of its arguments. The engine cannot follow the arguments of any other function,
//! and reports that.

use super::super::source::MappedText;
use super::super::syntax::Call;
use super::super::text_functions;
use super::Dataflow;
use super::claim_use::{Extraction, Predicate};
use super::frame::Frame;
use super::json_access::spread_array_text;
use super::value::{TokenPart, Value};

impl Dataflow<'_> {
    /// The value of a call of a known function. For any other function nothing is evaluated.
    pub(super) fn builtin(&mut self, frame: &mut Frame<'_>, call: &Call) -> Option<Value> {
        let name = &*call.name.name;
        let bare = name
            .strip_prefix("jsonb_")
            .or_else(|| name.strip_prefix("json_"));
        if let Some(bare) = bare {
            return self.json(frame, call, bare);
        }
        if !KNOWN.contains(&name) {
            return None;
        }
        let start = frame.output.found.len();
        let values = call
            .arguments
            .iter()
            .map(|argument| self.value(frame, &argument.value));
        let values: Vec<Value> = values.collect();
        let mut values = values.into_iter();
        Some(match name {
            "coalesce" => {
                let (value, answered) = coalesce(values.collect());
                // `coalesce(claim = 'x', false)` handles tokens without the claim.
                let found = frame.output.found.iter_mut().skip(start);
                for found in found.filter(|found| answered && found.through.is_none()) {
                    found.optional = true;
                }
                value
            }
            "greatest" | "least" => values.reduce(Value::or).unwrap_or_default(),
            "nullif" => {
                let first = values.next().unwrap_or_default();
                for other in values {
                    frame.finish(&other);
                }
                first
            }
            // These return the value in another representation.
            "to_json" | "to_jsonb" | "row_to_json" | "array_to_json" => {
                let value = values.next().unwrap_or_default();
                let plain =
                    |part: &TokenPart| part.extraction == Extraction::Json && part.cast.is_none();
                if value.parts.iter().all(plain) {
                    value
                } else {
                    frame.finish(&value);
                    value.derived()
                }
            }
            // These return lists of the value.
            "array_agg" | "json_agg" | "array_append" | "array_prepend" | "array_cat"
            | "array_remove" | "array_replace" => {
                let all = values.reduce(Value::or).unwrap_or_default();
                all.each(|part| part.many = true)
            }
            "unnest" => {
                let value = values.next().unwrap_or_default();
                elements_of_list(frame, value)
            }
            "string_agg" | "max" | "min" => values.next().unwrap_or_default(),
            // The result of these says nothing about the value.
            "count" | "pg_typeof" | "num_nulls" | "num_nonnulls" => {
                for value in values {
                    for part in &value.parts {
                        frame.emit(part, Predicate::Null, false);
                    }
                }
                Value::other()
            }
            "format" => formatted(frame, &values.collect::<Vec<_>>()),
            "quote_ident" | "quote_literal" | "quote_nullable" => {
                let value = values.next().unwrap_or_default();
                frame.finish(&value);
                let quote = if name == "quote_ident" {
                    text_functions::identifier
                } else {
                    text_functions::literal
                };
                let texts = value.texts.iter().map(quote).collect();
                let argument = value.argument;
                Value {
                    texts,
                    argument,
                    ..value.derived()
                }
            }
            _ => Value::other(),
        })
    }
}

/// The known functions without the prefix `json_` or `jsonb_`.
const KNOWN: [&str; 27] = [
    "coalesce",
    "greatest",
    "least",
    "nullif",
    "to_json",
    "to_jsonb",
    "row_to_json",
    "array_to_json",
    "array_agg",
    "json_agg",
    "array_append",
    "array_prepend",
    "array_cat",
    "array_remove",
    "array_replace",
    "unnest",
    "string_agg",
    "max",
    "min",
    "count",
    "pg_typeof",
    "num_nulls",
    "num_nonnulls",
    "format",
    "quote_ident",
    "quote_literal",
    "quote_nullable",
];

/// Either of the values, and whether a value follows that handles tokens without the claim. An empty list or
/// object does not.
fn coalesce(values: Vec<Value>) -> (Value, bool) {
    let answers = |value: &Value| {
        let empty = |text: &MappedText| matches!(text.text.trim(), "{}" | "[]");
        value.other || value.argument || value.has_token() || !value.texts.iter().all(empty)
    };
    let count = values.iter().filter(|value| answers(value)).count();
    let all = values.into_iter().reduce(Value::or).unwrap_or_default();
    (all.each(|part| part.optional |= count > 1), count > 1)
}

/// The elements of a PostgreSQL array.
fn elements_of_list(frame: &mut Frame<'_>, mut value: Value) -> Value {
    spread_array_text(&mut value);
    for part in &mut value.parts {
        if part.many {
            part.many = false;
        } else {
            frame.emit(part, Predicate::None, false);
            part.derived = true;
            part.fresh = false;
        }
    }
    value
}

fn formatted(frame: &mut Frame<'_>, values: &[Value]) -> Value {
    let Some((template, arguments)) = values.split_first() else {
        return Value::other();
    };
    let argument = values.iter().any(|value| value.argument);
    for value in values {
        frame.lose(value);
    }
    let turns = values
        .iter()
        .map(|value| value.texts.len())
        .max()
        .unwrap_or(0);
    let of_turn = |value: &Value, turn: usize| match value.texts.len() {
        0 => MappedText::unknown(),
        _ if value.other => MappedText::unknown(),
        count => value.texts[turn % count].clone(),
    };
    let texts = (0..turns).map(|turn| {
        let arguments: Vec<MappedText> =
            arguments.iter().map(|value| of_turn(value, turn)).collect();
        text_functions::format(&of_turn(template, turn), &arguments)
    });
    let texts: Vec<MappedText> = texts.collect();
    let derived = values
        .iter()
        .fold(Value::other(), |all, value| all.or(value.clone().derived()));
    Value {
        texts,
        argument,
        ..derived
    }
}

impl Frame<'_> {
    /// Reports every part of the token in the value with this predicate. A predicate says nothing about the
    /// whole token, which is reported as not followed.
    pub(super) fn all(&mut self, value: &Value, predicate: &Predicate) {
        for part in &value.parts {
            let whole = part.path.is_empty() && !matches!(predicate, Predicate::Null);
            let predicate = if whole || part.many {
                Predicate::None
            } else {
                predicate.clone()
            };
            self.emit(part, predicate, super::comparison::is_ambiguous(value));
        }
        for (_, field) in &value.fields {
            self.finish(field);
        }
    }
}
