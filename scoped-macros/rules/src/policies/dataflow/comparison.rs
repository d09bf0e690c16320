//! Comparisons, which say what values a claim is expected to have.

use super::claim_use::{Extraction, Predicate};
use super::frame::Frame;
use super::json_access::spread_array_text;
use super::value::Value;

/// `left operator right`, also for rows, and for a value and the elements of a list.
pub(super) fn compare(frame: &mut Frame<'_>, operator: &str, left: &Value, right: &Value) {
    if left.row && right.row && left.fields.len() == right.fields.len() {
        for ((_, left), (_, right)) in left.fields.iter().zip(&right.fields) {
            compare(frame, operator, left, right);
        }
        return;
    }
    side(frame, operator, left, right);
    side(frame, operator, right, left);
    for value in [left, right] {
        for (_, field) in &value.fields {
            frame.finish(field);
        }
    }
}

/// `left operator ANY (right)`, which compares with the elements of `right`.
pub(super) fn compare_any(frame: &mut Frame<'_>, operator: &str, left: &Value, right: &Value) {
    let mut right = right.clone();
    spread_array_text(&mut right);
    for part in &mut right.parts {
        let is_list = part.many || part.cast.as_ref().is_none_or(|cast| !cast.ends_with("[]"));
        // The elements of a claim that is cast to an array as a whole are not known.
        if part.many {
            part.many = false;
        } else if !is_list || part.extraction == Extraction::Text {
            frame.emit(part, Predicate::None, false);
            part.derived = true;
            part.fresh = false;
        }
    }
    compare(frame, operator, left, &right);
}

/// Reports the parts of the token on one side of a comparison.
fn side(frame: &mut Frame<'_>, operator: &str, mine: &Value, other: &Value) {
    let literals = other.literals();
    for part in &mine.parts {
        if part.path.is_empty() && !part.derived && literals.is_none() {
            // A comparison of the whole token reads no claim in particular.
            frame.emit(part, Predicate::None, false);
            continue;
        }
        let predicate = if part.derived || part.many {
            Predicate::None
        } else {
            equality(operator, literals.clone(), mine)
        };
        let instead = |literal: &String| mine.texts.iter().any(|text| text.text == *literal);
        let ambiguous = literals
            .as_ref()
            .is_some_and(|literals| literals.iter().any(instead));
        frame.emit(part, predicate, ambiguous || is_ambiguous(mine));
    }
}

/// Whether the value may also be something unknown.
pub(super) fn is_ambiguous(value: &Value) -> bool {
    let several = value
        .parts
        .windows(2)
        .any(|pair| pair[0].path != pair[1].path);
    value.other || value.argument || several
}

/// The predicate of an equality with these literals. Literals that the value may have itself are left out.
fn equality(operator: &str, literals: Option<Vec<String>>, value: &Value) -> Predicate {
    let Some(mut literals) = literals else {
        return Predicate::None;
    };
    literals.retain(|literal| !value.texts.iter().any(|text| text.text == *literal));
    if literals.is_empty() {
        return Predicate::None;
    }
    match operator {
        "=" => Predicate::Equal(literals),
        "<>" | "!=" => Predicate::NotEqual(literals),
        _ => Predicate::None,
    }
}
