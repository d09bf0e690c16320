//! PostgreSQL's literals, read according to its documentation.

use std::ops::Bound;

use crate::written::Bounds;

/// Reads the elements of an array such as `{1,"b c"}`.
pub(super) fn array(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    // Without quotes `null` is not a text, and blanks around an element are ignored.
    let is_element = |(text, is_quoted): &(String, bool)| {
        *is_quoted
            || !text.is_empty()
                && !text.contains([' ', '{', '}', '\\'])
                && !text.eq_ignore_ascii_case("null")
    };
    let elements = separated(inner)?;
    elements
        .iter()
        .all(is_element)
        .then(|| elements.into_iter().map(|(text, _)| text).collect())
}

/// Reads the bounds of a range such as `[1,"a b")`.
pub(super) fn range(text: &str) -> Option<Bounds> {
    let (open, close) = (text.chars().next()?, text.chars().last()?);
    let inner = text.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?;
    let [low, high] = <[_; 2]>::try_from(separated(inner)?).ok()?;
    let bound = |(text, is_quoted): (String, bool), bracket: char| {
        if text.is_empty() && !is_quoted {
            Bound::Unbounded
        } else if matches!(bracket, '[' | ']') {
            Bound::Included(text)
        } else {
            Bound::Excluded(text)
        }
    };
    Some((bound(low, open), bound(high, close)))
}

/// Reads texts with commas between them, and whether each is in quotes.
fn separated(text: &str) -> Option<Vec<(String, bool)>> {
    let mut elements = vec![(String::new(), false)];
    let mut letters = text.chars();
    let mut is_inside = false;
    while let Some(letter) = letters.next() {
        let (element, is_quoted) = elements.last_mut()?;
        match letter {
            '\\' => element.push(letters.next()?),
            '"' => {
                is_inside = !is_inside;
                *is_quoted = true;
            }
            ',' if !is_inside => elements.push((String::new(), false)),
            letter => element.push(letter),
        }
    }
    (!is_inside).then_some(elements)
}

/// Returns the only text that a regular expression matches, if there is only one. Special characters have a
/// backslash before them. A letter or digit does not, because `\d` is a class.
pub(super) fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next().filter(|letter| !letter.is_alphanumeric())?),
            letter if ".^$*+?()[]{}|".contains(letter) => return None,
            letter => text.push(letter),
        }
    }
    Some(text)
}

#[test]
fn literals_are_read_as_postgresql_reads_them() {
    let texts = |text: &str| array(text);
    assert_eq!(
        texts(r#"{1,"b c","\"\\"}"#),
        Some(vec!["1".into(), "b c".into(), "\"\\".into()])
    );
    assert_eq!(texts("{a,NULL}"), None);
    assert_eq!(texts("{}"), Some(Vec::new()));
    assert_eq!(
        range("[1,)"),
        Some((Bound::Included("1".into()), Bound::Unbounded))
    );
    assert_eq!(
        range(r#"("",2]"#),
        Some((Bound::Excluded(String::new()), Bound::Included("2".into())))
    );
    assert_eq!(
        (literal(r"a\.b"), literal("a.b"), literal(r"\d")),
        (Some("a.b".into()), None, None)
    );
}
