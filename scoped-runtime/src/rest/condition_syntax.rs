//! Reads groups of conditions in PostgREST's own notation, as far as it takes to know that nothing in
//! them is dropped: PostgREST does not look at what stands behind the end of a group.
//! Lists of nothing are refused with what cannot be read: negated they fit every row.
//! See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#logical-operators>.

use super::operator::{is_list, is_operator};

/// How deep groups may be nested.
const MAX_DEPTH: usize = 64;

/// Whether the text is one group in parentheses, to its end, of conditions that can be read.
pub(super) fn is_group(text: &str) -> bool {
    group(text, MAX_DEPTH) == Some("")
}

/// Whether the text is the name of a column, perhaps of an embedded table or in JSON, to its end.
/// Gives whether it is of an embedded table.
pub(super) fn column(text: &str) -> Option<bool> {
    let mut rest = name(text)?;
    let mut is_embedded = false;
    while let Some(after) = rest.strip_prefix('.') {
        rest = name(after)?;
        is_embedded = true;
    }
    json_path(rest)?.is_empty().then_some(is_embedded)
}

/// Whether the text is names with commas between, to its end.
pub(super) fn is_names(text: &str) -> bool {
    let mut rest = Some(text);
    while let Some(text) = rest {
        match name(blanks(text)).map(blanks) {
            Some("") => return true,
            Some(after) => rest = after.strip_prefix(','),
            None => return false,
        }
    }
    false
}

/// `(a.eq.1,or(b.eq.2,c.eq.3))`; gives what follows.
fn group(text: &str, depth: usize) -> Option<&str> {
    let mut rest = text.strip_prefix('(')?;
    let depth = depth.checked_sub(1)?;
    loop {
        let member = blanks(rest);
        let negated = member.strip_prefix("not.").unwrap_or(member);
        let inner = ["and", "or"].iter().find_map(|operator| {
            negated
                .strip_prefix(operator)
                .filter(|rest| rest.starts_with('('))
        });
        rest = blanks(match inner {
            Some(inner) => group(inner, depth)?,
            None => condition(member)?,
        });
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return rest.strip_prefix(')'),
        }
    }
}

/// `a.not.eq.1`; gives what follows.
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

/// Where a list of values ends.
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

/// A name, in quotes or of plain letters; gives what follows. PostgREST takes letters of all languages,
/// but not what belongs to them, such as marks: those must be in quotes here.
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
    // Blanks at an end are dropped by PostgREST.
    let is_name = !name.is_empty() && name.trim() == name && !name.ends_with('-');
    is_name.then_some(&text[length..])
}

/// `->a->>b`, or nothing; gives what follows.
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

/// A text in quotes; gives what follows.
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

fn blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}
