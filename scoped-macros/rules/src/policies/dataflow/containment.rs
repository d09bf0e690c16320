//! The operators that test what a list or an object contains: `?`, `@>`, `<@`, `&&`.

use super::claim_use::{Extraction, PathStep, Predicate};
use super::comparison::is_ambiguous;
use super::frame::Frame;
use super::json_access::below;
use super::value::{TokenPart, Value};

/// `?`, `?|` and `?&`. Applied to the token, they test whether a claim is there.
pub(super) fn has(frame: &mut Frame<'_>, value: &Value, other: &Value) {
    let keys = other.literals().map(flat).unwrap_or_default();
    frame.finish(other);
    for part in &value.parts {
        if part.many {
            frame.emit(
                &below(part, &[], Extraction::Json),
                Predicate::Equal(keys.clone()),
                true,
            );
            continue;
        }
        let mut asked = part.path.clone();
        for key in &keys {
            asked.push(PathStep::Key(key.clone()));
            frame.output.asked.push(asked.clone());
            asked.pop();
        }
        if !part.path.is_empty() {
            frame.emit(part, Predicate::Has(keys.clone()), is_ambiguous(value));
        } else if keys.is_empty() {
            frame.emit(part, Predicate::None, false);
        } else {
            for key in &keys {
                let mut claim = below(part, &[PathStep::Key(key.clone())], Extraction::Json);
                claim.optional = true;
                frame.emit(&claim, Predicate::Null, false);
            }
        }
    }
}

/// `left @> right`.
pub(super) fn contains(frame: &mut Frame<'_>, left: &Value, right: &Value) {
    let literals = right.literals();
    let one = literals.as_ref().and_then(|list| list.last().cloned());
    let ambiguous = is_ambiguous(left);
    for part in &left.parts {
        if part.many {
            let predicate = literals
                .clone()
                .map_or(Predicate::None, |list| Predicate::Equal(flat(list)));
            let element = TokenPart {
                many: false,
                ..part.clone()
            };
            frame.emit(&element, predicate, ambiguous);
            continue;
        }
        let leaves = one.as_deref().and_then(super::json_literal::leaves);
        match leaves.filter(|_| part.extraction == Extraction::Json) {
            Some(leaves) => {
                for (keys, leaf) in leaves {
                    let path: Vec<PathStep> = keys.into_iter().map(PathStep::Key).collect();
                    let claim = below(part, &path, Extraction::Json);
                    let predicate = if leaf.starts_with('[') {
                        Predicate::Contains(Some(leaf))
                    } else {
                        Predicate::Equal(vec![leaf])
                    };
                    frame.emit(&claim, predicate, ambiguous);
                }
            }
            None if part.path.is_empty() => {
                frame.emit(part, Predicate::None, false);
            }
            None => {
                frame.emit(part, Predicate::Contains(one.clone()), ambiguous);
            }
        }
    }
    let one = left.literals().and_then(|mut list| list.pop());
    for part in &right.parts {
        let predicate = if part.many {
            Predicate::None
        } else {
            Predicate::ContainedBy(one.clone())
        };
        frame.emit(part, predicate, is_ambiguous(right));
    }
}

/// `left && right`: whether both have a common element.
pub(super) fn overlaps(frame: &mut Frame<'_>, left: &Value, right: &Value) {
    for (mine, other) in [(left, right), (right, left)] {
        let literals = other.literals().map(flat);
        for part in &mine.parts {
            let predicate = match &literals {
                Some(list) if part.many => Predicate::Equal(list.clone()),
                _ => Predicate::None,
            };
            let element = TokenPart {
                many: false,
                ..part.clone()
            };
            frame.emit(&element, predicate, is_ambiguous(mine));
        }
    }
}

/// The literals of `array['a', 'b']`, also if it is written as one text.
fn flat(list: Vec<String>) -> Vec<String> {
    match list.as_slice() {
        [array] if array.starts_with('{') => super::json_access::array_texts(array),
        _ => list,
    }
}
