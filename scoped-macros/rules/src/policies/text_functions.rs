//! The texts that SQL composes of literals with `||`, `format` and the quoting functions.

use super::name::UNKNOWN;
use super::source::MappedText;

/// The number of alternative texts of one value; a value with more of them is unknown.
const MAX: usize = 64;
/// The longest text; a loop produces longer ones.
const MAX_BYTES: usize = 1 << 20;

/// Every text of the left followed by every text of the right. An unknown side is [`UNKNOWN`].
pub(crate) fn joined(
    left: &[MappedText],
    left_open: bool,
    right: &[MappedText],
    right_open: bool,
) -> Vec<MappedText> {
    let open = |texts: &[MappedText], open: bool| {
        let mut texts = texts.to_vec();
        if open || texts.is_empty() {
            texts.push(MappedText::unknown());
        }
        texts
    };
    let (left, right) = (open(left, left_open), open(right, right_open));
    let pairs = left
        .iter()
        .flat_map(|left| right.iter().map(move |right| (left, right)));
    let short = pairs.filter(|(left, right)| left.text.len() + right.text.len() <= MAX_BYTES);
    let texts = short.take(MAX).map(|(left, right)| {
        let mut text = left.clone();
        text.push(right);
        text
    });
    texts.collect()
}

/// `format(template, arguments)`.
pub(crate) fn format(template: &MappedText, arguments: &[MappedText]) -> MappedText {
    let mut text = MappedText::default();
    let mut next = 0;
    let mut rest = 0;
    while let Some(found) = template.text[rest..].find('%') {
        text.push(&slice(template, rest, rest + found));
        let spec = &template.text[rest + found + 1..];
        let digits = spec.len() - spec.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut width = digits;
        if digits > 0 && spec[digits..].starts_with('$') {
            next = spec[..digits]
                .parse::<usize>()
                .unwrap_or(1)
                .saturating_sub(1);
            width += 1;
        }
        let letter = spec[width..].chars().next();
        match letter {
            Some('%') => text.text.push('%'),
            Some('I' | 'L' | 's') => {
                let value = arguments
                    .get(next)
                    .cloned()
                    .unwrap_or_else(MappedText::unknown);
                text.push(&match letter {
                    Some('I') => identifier(&value),
                    Some('L') => literal(&value),
                    _ => value,
                });
                next += 1;
            }
            _ => {}
        }
        rest += found + 1 + width + letter.map_or(0, char::len_utf8);
        if text.text.len() > MAX_BYTES {
            return MappedText::unknown();
        }
    }
    text.push(&slice(template, rest, template.text.len()));
    text
}

/// `quote_ident`: quotes the name only where PostgreSQL does.
pub(crate) fn identifier(text: &MappedText) -> MappedText {
    let mut letters = text.text.chars();
    let first = letters.next();
    let plain = first.is_some_and(|letter| letter.is_ascii_lowercase() || letter == '_')
        && letters
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && !RESERVED.contains(&&*text.text);
    if plain {
        text.clone()
    } else {
        quoted(text, "\"")
    }
}

/// `quote_literal`.
pub(crate) fn literal(text: &MappedText) -> MappedText {
    quoted(text, "'")
}

/// The text in quotes. An unknown text stays without quotes, so that it is read as a name and not as a
/// literal.
fn quoted(text: &MappedText, quote: &str) -> MappedText {
    if text.text.contains(UNKNOWN) {
        return text.clone();
    }
    let doubled = text.text.replace(quote, &quote.repeat(2));
    MappedText {
        text: format!("{quote}{doubled}{quote}"),
        map: text.map.clone(),
    }
}

/// A part of a text, with its places in the file.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no text is longer than its file"
)]
fn slice(pieces: &MappedText, from: usize, to: usize) -> MappedText {
    let (start, end) = (from as u32, to as u32);
    let first = pieces
        .map
        .partition_point(|(at, _)| *at <= start)
        .saturating_sub(1);
    let map = pieces.map[first..]
        .iter()
        .take_while(|(at, _)| *at < end)
        .map(|(at, file)| match start.checked_sub(*at) {
            Some(into) => (0, file + into),
            None => (at - start, *file),
        });
    MappedText {
        text: pieces.text[from..to].to_owned(),
        map: map.collect(),
    }
}

/// The reserved words that are likely names of tables and policies.
const RESERVED: [&str; 30] = [
    "all",
    "analyse",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "case",
    "check",
    "column",
    "constraint",
    "create",
    "default",
    "desc",
    "do",
    "else",
    "end",
    "for",
    "from",
    "grant",
    "group",
    "limit",
    "not",
    "null",
    "offset",
    "on",
    "order",
    "select",
    "table",
    "user",
];
