//! Differences between the local server and PostgREST, because of which the local server cannot be asked.
//! Such requests are still compared with SQL, through the model of PostgREST.

use super::sample::Sample;
use crate::grammar::Key;
use crate::written::{Form, Operand, Place, Said, Test};

/// Returns how the local server differs from PostgREST for this query.
pub(super) fn differs(sample: &Sample) -> Option<&'static str> {
    let orders = sample.orders.iter().find_map(|(place, ..)| order(place));
    let mut conditions = sample.conditions.iter().chain(&sample.of_writer);
    orders
        .or_else(|| conditions.find_map(|said| condition(said, false)))
        .or_else(|| twice(&sample.conditions))
}

/// Returns the difference for two filters outside of a group.
fn twice(conditions: &[Said]) -> Option<&'static str> {
    let tests = || {
        conditions.iter().filter_map(|said| match said {
            Said::Test(test) => Some((&test.place.name, test.operator)),
            _ => None,
        })
    };
    let is_twice = tests()
        .enumerate()
        .any(|(index, test)| tests().skip(index + 1).any(|other| other == test));
    is_twice.then_some("of two filters of one column and operator only the last counts")
}

fn order(place: &Place) -> Option<&'static str> {
    needs_quotes(&place.name)
        .then_some("in an order, names keep their quotes")
        .or_else(|| path(place))
}

fn path(place: &Place) -> Option<&'static str> {
    let is_quoted = place
        .path
        .iter()
        .any(|step| matches!(&step.key, Key::Name(key) if needs_quotes(key)));
    is_quoted.then_some("in a path into JSON, keys keep their quotes")
}

fn condition(said: &Said, in_group: bool) -> Option<&'static str> {
    match said {
        Said::Not(said) => condition(said, true),
        Said::Group { members, .. } => members.iter().find_map(|member| condition(member, true)),
        Said::Test(test) => path(&test.place)
            .or_else(|| operand(test))
            .or_else(|| in_group.then(|| grouped(test))?),
    }
}

/// Returns the difference for a condition in any place.
fn operand(comparison: &Test) -> Option<&'static str> {
    let is_json = !comparison.place.path.is_empty();
    if is_json && matches!(comparison.operator, "match" | "imatch" | "isdistinct") {
        return Some("what stands in JSON is compared as JSON, not as text");
    }
    match &comparison.operand {
        Operand::Text(text) if text == "NULL" => Some("the text `NULL` is null"),
        Operand::Among(texts) if texts.iter().any(|text| text == "NULL") => {
            Some("the text `NULL` in a list is null")
        }
        Operand::Text(text) if text.starts_with('{') => {
            Some("a text that begins as an array is one")
        }
        Operand::Array(texts) if texts.is_empty() => Some("an empty array is a 500"),
        Operand::Array(texts)
            if comparison.operator.ends_with("like")
                && texts.iter().any(|text| text.contains('*')) =>
        {
            Some("`*` in one of several patterns is a star")
        }
        _ => None,
    }
}

/// Returns the difference for a condition in a group.
fn grouped(comparison: &Test) -> Option<&'static str> {
    let is_quoted = |text: &String| text.contains(['"', '\\']);
    let is_number = |text: &String| text.parse::<i64>().is_ok();
    if needs_quotes(&comparison.place.name) {
        return Some("in a group, names keep their quotes");
    }
    match &comparison.operand {
        Operand::Text(text) if is_quoted(text) => Some("in a group, escapes in a value stay"),
        Operand::Among(texts) if texts.iter().any(is_quoted) => {
            Some("in a group, escapes in a value stay")
        }
        Operand::Array(texts)
            if comparison.modifier.is_none()
                && comparison.form == Form::Method
                && texts.iter().all(is_number) =>
        {
            None
        }
        Operand::Literal(text) if text.chars().all(char::is_alphanumeric) => None,
        Operand::Array(_) | Operand::Json(_) | Operand::Range(_) | Operand::Literal(_) => {
            Some("in a group, quotes around an array, a range or a pattern stay")
        }
        _ => None,
    }
}

fn needs_quotes(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    !name.chars().all(plain) || matches!(name, "limit" | "order")
}
