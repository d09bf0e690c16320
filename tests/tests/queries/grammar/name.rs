//! Names of columns and embedded tables, and paths into JSON.

use super::text::{Read, Text};

/// A column, and the path into its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) path: Vec<Step>,
}

/// A step `->` or, for the value as text, `->>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) as_text: bool,
    pub(crate) key: Key,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    Name(String),
    Index(String),
}

/// Characters that are alphabetic in Unicode but not letters in Haskell: marks, numbers and signs, as far
/// as the names of these tests contain them.
const NO_LETTERS: &str = "\u{93e}\u{94d}\u{2167}\u{24d0}\u{345}";

fn is_identifier(letter: char) -> bool {
    let is_letter = letter.is_alphabetic() && !NO_LETTERS.contains(letter);
    is_letter || letter.is_ascii_digit() || matches!(letter, '_' | ' ' | '$')
}

/// Reads a plain name (letters, digits, `_`, `$` and blanks, with single dashes between them) or a quoted
/// name.
pub(super) fn name(text: &mut Text<'_>) -> Read<String> {
    if text.peek() == Some('"') {
        return text.quoted();
    }
    dashed(text, "a name", is_identifier)
}

/// Reads the letters of a plain text, or the configuration of a text search.
pub(super) fn identifier(text: &mut Text<'_>) -> Read<String> {
    let identifier = text.take_while(is_identifier);
    if identifier.is_empty() {
        return text.refuse("an identifier");
    }
    Ok(identifier.trim().to_owned())
}

/// Reads parts with dashes between them. The dash of an arrow is not such a dash.
fn dashed(text: &mut Text<'_>, what: &str, fits: fn(char) -> bool) -> Read<String> {
    let mut parts: Vec<&str> = Vec::new();
    loop {
        let part = text.take_while(fits);
        if part.is_empty() {
            return text.refuse(what);
        }
        parts.push(part.trim());
        if text.rest().starts_with("->") || !text.eat("-") {
            return Ok(parts.join("-"));
        }
    }
}

/// Reads a path such as `->a->>0`.
pub(super) fn json_path(text: &mut Text<'_>) -> Read<Vec<Step>> {
    let mut path = Vec::new();
    while text.eat("->") {
        let as_text = text.eat(">");
        let key = match text.attempt(index) {
            Some(index) => Key::Index(index),
            None if text.peek() == Some('"') => Key::Name(text.quoted()?),
            None => Key::Name(dashed(text, "a key", |letter| !"(-:.,>)".contains(letter))?),
        };
        path.push(Step { as_text, key });
    }
    Ok(path)
}

/// Reads an index. A number is an index only before a text that may follow a path, and the `)` of an order
/// is not one.
fn index(text: &mut Text<'_>) -> Read<String> {
    let sign = if text.eat("-") { "-" } else { "" };
    let digits = text.take_while(|letter| letter.is_ascii_digit());
    let rest = text.rest();
    let ends = rest.is_empty()
        || ["->", "::", ".", ","]
            .iter()
            .any(|end| rest.starts_with(end));
    if digits.is_empty() || !ends {
        return text.refuse("an index");
    }
    Ok(format!("{sign}{digits}"))
}

/// Reads a column with its path and the blanks around it.
pub(super) fn field(text: &mut Text<'_>) -> Read<Field> {
    text.skip_blanks();
    let name = name(text)?;
    let path = json_path(text)?;
    text.skip_blanks();
    Ok(Field { name, path })
}

/// Reads names with dots between them.
pub(super) fn names(text: &mut Text<'_>) -> Read<Vec<String>> {
    let mut names = vec![name(text)?];
    while text.eat(".") {
        names.push(name(text)?);
    }
    Ok(names)
}

/// Reads the name of a parameter: embedded tables, then a column with its path.
pub(super) fn tree_path(text: &mut Text<'_>) -> Read<(Vec<String>, Field)> {
    let mut names = names(text)?;
    let name = names.pop().unwrap_or_default();
    let path = json_path(text)?;
    Ok((names, Field { name, path }))
}

/// Reads a list such as `a,"b c"`.
pub(super) fn columns(value: &str) -> Read<(Vec<String>, &str)> {
    let mut text = Text::new(value);
    let mut columns = vec![name(&mut text)?];
    while text.eat_lexeme(",") {
        columns.push(name(&mut text)?);
    }
    Ok((columns, text.rest()))
}
