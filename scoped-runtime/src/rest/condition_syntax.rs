//! A recogniser of groups of conditions in PostgREST's notation. It finds conditions that PostgREST would
//! silently ignore, since PostgREST does not read the text after the end of a group. It refuses empty lists,
//! too: negated, they match every row.
//! See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#logical-operators>.

use super::operator::{is_list, is_operator};

/// The deepest nesting of groups of conditions.
pub(super) const MAX_DEPTH: usize = 64;

/// Whether the whole text is one group of conditions in parentheses.
pub(super) fn is_group(text: &str) -> bool {
    group(text, MAX_DEPTH) == Some("")
}

/// Parses the whole text as the name of a column, which may be in an embedded table or a path into JSON.
/// Returns whether the column is in an embedded table, or `None` if the text is not a column.
pub(super) fn parse_column(text: &str) -> Option<bool> {
    let mut rest = name(text)?;
    let mut is_embedded = false;
    while let Some(after) = rest.strip_prefix('.') {
        rest = name(after)?;
        is_embedded = true;
    }
    json_path(rest)?.is_empty().then_some(is_embedded)
}

/// Whether the whole text is a list of names with commas between them.
pub(super) fn is_name_list(text: &str) -> bool {
    let mut rest = Some(text);
    while let Some(text) = rest {
        match name(skip_blanks(text)).map(skip_blanks) {
            Some("") => return true,
            Some(after) => rest = after.strip_prefix(','),
            None => return false,
        }
    }
    false
}

/// Parses `(a.eq.1,or(b.eq.2,c.eq.3))` and returns the rest of the text.
fn group(text: &str, depth: usize) -> Option<&str> {
    let mut rest = text.strip_prefix('(')?;
    let depth = depth.checked_sub(1)?;
    loop {
        let member = skip_blanks(rest);
        let negated = member.strip_prefix("not.").unwrap_or(member);
        let inner = ["and", "or"].iter().find_map(|operator| {
            negated
                .strip_prefix(operator)
                .filter(|rest| rest.starts_with('('))
        });
        rest = skip_blanks(match inner {
            Some(inner) => group(inner, depth)?,
            None => condition(member)?,
        });
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return rest.strip_prefix(')'),
        }
    }
}

/// Parses `a.not.eq.1` and returns the rest of the text.
fn condition(text: &str) -> Option<&str> {
    let rest = json_path(name(text)?)?.strip_prefix('.')?;
    let rest = rest.strip_prefix("not.").unwrap_or(rest);
    let (operator, rest) = rest.split_once('.')?;
    if !is_operator(operator) {
        return None;
    }
    if operator == "in" {
        let end = end_of_list(rest)?;
        return is_list(&rest[..end]).then_some(&rest[end..]);
    }
    if let Some(after) = quoted(rest)
        && after.starts_with([',', ')'])
        && !rest.starts_with("\"{}\"")
    {
        return Some(after);
    }
    if rest.starts_with('{') {
        let end = rest.find('}')?;
        let is_list = end > 1 && !rest[1..end].contains('{');
        return is_list.then_some(&rest[end + 1..]);
    }
    let end = rest.find([',', ')'])?;
    Some(&rest[end..])
}

/// The position after the end of a list of values.
fn end_of_list(text: &str) -> Option<usize> {
    let mut rest = text.strip_prefix('(')?;
    loop {
        rest = match quoted(rest) {
            Some(after) => after,
            None => &rest[rest.find([',', ')'])?..],
        };
        match rest.as_bytes().first()? {
            b',' => rest = &rest[1..],
            b')' => return Some(text.len() - rest.len() + 1),
            _ => return None,
        }
    }
}

/// Parses a name, quoted or of ASCII letters, and returns the rest of the text. PostgREST accepts letters of
/// all languages, but not combining marks; here every other character must be quoted.
fn name(text: &str) -> Option<&str> {
    if text.starts_with('"') {
        return quoted(text);
    }
    let is_plain = |(at, byte): &(usize, u8)| {
        let is_dash = *byte == b'-' && *at > 0 && !text[at + 1..].starts_with('>');
        byte.is_ascii_alphanumeric() || b"_$ ".contains(byte) || is_dash
    };
    let length = text.bytes().enumerate().take_while(is_plain).count();
    let name = &text[..length];
    // PostgREST trims blanks at both ends.
    let is_name = !name.is_empty() && name.trim() == name && !name.ends_with('-');
    is_name.then_some(&text[length..])
}

/// Parses an optional `->a->>b` and returns the rest of the text.
fn json_path(mut text: &str) -> Option<&str> {
    while let Some(after) = text.strip_prefix("->") {
        let key = after.strip_prefix('>').unwrap_or(after);
        text = match key
            .strip_prefix('-')
            .filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
        {
            Some(index) => name(index)?,
            None => name(key)?,
        };
    }
    Some(text)
}

/// Parses a quoted text and returns the rest of the text.
fn quoted(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('"')?;
    let mut is_escaped = false;
    let close = inside.bytes().position(|byte| {
        let closes = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        closes
    })?;
    Some(&inside[close + 1..])
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}
