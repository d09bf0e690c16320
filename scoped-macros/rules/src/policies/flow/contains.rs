//! Operators that ask what a list or an object has: `?`, `@>`, `<@`, `&&`.

use super::compare::is_soft;
use super::frame::Frame;
use super::key::below;
use super::model::{Shape, Step, Test};
use super::value::{Part, Value};

/// `? 'key'` and its like: of the token, whether a claim is there.
pub(super) fn has(frame: &mut Frame<'_>, value: &Value, other: &Value) {
    let keys = other.literals().map(flat).unwrap_or_default();
    frame.finish(other);
    for part in &value.parts {
        if part.many {
            frame.emit(
                &below(part, &[], Shape::Json),
                Test::Equal(keys.clone()),
                true,
            );
            continue;
        }
        let mut asked = part.path.clone();
        for key in &keys {
            asked.push(Step::Key(key.clone()));
            frame.output.asked.push(asked.clone());
            asked.pop();
        }
        if !part.path.is_empty() {
            frame.emit(part, Test::Has(keys.clone()), is_soft(value));
        } else if keys.is_empty() {
            frame.emit(part, Test::None, false);
        } else {
            for key in &keys {
                let mut claim = below(part, &[Step::Key(key.clone())], Shape::Json);
                claim.optional = true;
                frame.emit(&claim, Test::Null, false);
            }
        }
    }
}

/// `left @> right`.
pub(super) fn contains(frame: &mut Frame<'_>, left: &Value, right: &Value) {
    let literals = right.literals();
    let one = literals.as_ref().and_then(|list| list.last().cloned());
    let soft = is_soft(left);
    for part in &left.parts {
        if part.many {
            let test = literals
                .clone()
                .map_or(Test::None, |list| Test::Equal(flat(list)));
            let element = Part {
                many: false,
                ..part.clone()
            };
            frame.emit(&element, test, soft);
            continue;
        }
        let leaves = one.as_deref().and_then(super::json::leaves);
        match leaves.filter(|_| part.shape == Shape::Json) {
            Some(leaves) => {
                for (keys, leaf) in leaves {
                    let path: Vec<Step> = keys.into_iter().map(Step::Key).collect();
                    let claim = below(part, &path, Shape::Json);
                    let test = if leaf.starts_with('[') {
                        Test::Contains(Some(leaf))
                    } else {
                        Test::Equal(vec![leaf])
                    };
                    frame.emit(&claim, test, soft);
                }
            }
            None if part.path.is_empty() => {
                frame.emit(part, Test::None, false);
            }
            None => {
                frame.emit(part, Test::Contains(one.clone()), soft);
            }
        }
    }
    let one = left.literals().and_then(|mut list| list.pop());
    for part in &right.parts {
        let test = if part.many {
            Test::None
        } else {
            Test::ContainedBy(one.clone())
        };
        frame.emit(part, test, is_soft(right));
    }
}

/// `left && right`: a common element.
pub(super) fn overlaps(frame: &mut Frame<'_>, left: &Value, right: &Value) {
    for (mine, other) in [(left, right), (right, left)] {
        let literals = other.literals().map(flat);
        for part in &mine.parts {
            let test = match &literals {
                Some(list) if part.many => Test::Equal(list.clone()),
                _ => Test::None,
            };
            let element = Part {
                many: false,
                ..part.clone()
            };
            frame.emit(&element, test, is_soft(mine));
        }
    }
}

/// The literals of `array['a', 'b']`, which may be written as one text.
fn flat(list: Vec<String>) -> Vec<String> {
    match list.as_slice() {
        [array] if array.starts_with('{') => super::key::array_texts(array),
        _ => list,
    }
}
