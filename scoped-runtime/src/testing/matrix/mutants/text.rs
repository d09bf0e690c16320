//! Small changes of SQL text: one `and` or `or`, or the name of one claim.

use std::ops::Range;

/// A changed text, and what was changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changed {
    pub(super) what: String,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Other,
}

/// Every text that differs by one `and` or `or`.
pub(super) fn swapped_words(text: &str) -> Vec<Changed> {
    let words = tokens(text)
        .into_iter()
        .filter(|(kind, _)| *kind == Kind::Word);
    let changed = words.filter_map(|(_, place)| {
        let word = &text[place.clone()];
        let (from, to) = match word.to_ascii_lowercase().as_str() {
            "and" => ("and", "or"),
            "or" => ("or", "and"),
            _ => return None,
        };
        // `create or replace`.
        if text[..place.start]
            .trim_end()
            .to_ascii_lowercase()
            .ends_with("create")
        {
            return None;
        }
        Some(Changed {
            what: format!("`{from}` became `{to}`"),
            text: replaced(text, place, to),
        })
    });
    changed.collect()
}

/// Every text in which the name of one claim is another one.
pub(super) fn renamed_claims(text: &str) -> Vec<Changed> {
    let tokens = tokens(text);
    let changed = tokens
        .iter()
        .filter(|(kind, _)| *kind == Kind::Text)
        .filter_map(|(_, place)| {
            let before = text[..place.start].trim_end();
            let name = text[place.clone()].trim_matches('\'');
            let is_key = ["->>", "->"]
                .iter()
                .find_map(|operator| before.strip_suffix(operator));
            let is_claim = is_key.is_some_and(|left| reads_token(left.trim_end()));
            let is_setting = name.starts_with("request.jwt.claim.");
            if !is_claim && !is_setting {
                return None;
            }
            let other = format!("'{name}_other'");
            Some(Changed {
                what: format!("claim `{name}` became `{name}_other`"),
                text: replaced(text, place.clone(), &other),
            })
        });
    changed.collect()
}

/// Whether the operand at the end of a text is the token or a part of it.
fn reads_token(left: &str) -> bool {
    let operand = if left.ends_with(')') {
        group(left)
    } else {
        left.rsplit(char::is_whitespace).next().unwrap_or_default()
    };
    operand.contains("jwt")
}

/// The parentheses at the end of a text, with the word before them.
fn group(text: &str) -> &str {
    let mut depth = 0_usize;
    for (place, character) in text.char_indices().rev() {
        match character {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let start = text[..place].rfind(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
            return &text[start.map_or(0, |start| start + 1)..];
        }
    }
    text
}

fn replaced(text: &str, place: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..place.start], &text[place.end..])
}

/// The words and the string literals of a text, without comments.
fn tokens(text: &str) -> Vec<(Kind, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let rest = &text[at..];
        let (kind, length) = match bytes[at] {
            b'\'' => (Kind::Text, quoted(rest, '\'')),
            b'"' => (Kind::Other, quoted(rest, '"')),
            b'-' if rest.starts_with("--") => (Kind::Other, rest.find('\n').unwrap_or(rest.len())),
            b'/' if rest.starts_with("/*") => (
                Kind::Other,
                rest.find("*/").map_or(rest.len(), |end| end + 2),
            ),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
                (Kind::Word, end.unwrap_or(rest.len()))
            }
            _ => (Kind::Other, rest.chars().next().map_or(1, char::len_utf8)),
        };
        at += length;
        if kind != Kind::Other {
            tokens.push((kind, start..at));
        }
    }
    tokens
}

/// The length of a quoted text, in which a quote is written twice.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(quote) {
        at += end + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{renamed_claims, swapped_words};

    #[test]
    fn each_and_and_or_is_swapped_by_itself() {
        let changed = swapped_words("((a = 'x and y') AND (b OR \"or\"))");
        let texts: Vec<&str> = changed
            .iter()
            .map(|changed| changed.text.as_str())
            .collect();
        assert_eq!(
            texts,
            [
                "((a = 'x and y') or (b OR \"or\"))",
                "((a = 'x and y') AND (b and \"or\"))"
            ]
        );
    }

    #[test]
    fn comments_are_not_changed() {
        assert!(swapped_words("select 1 -- and\n/* or */").is_empty());
    }

    #[test]
    fn claims_are_renamed_and_columns_are_not() {
        let text = "(((( SELECT auth.jwt() AS jwt) -> 'app_metadata'::text) ->> 'org'::text) = (data ->> 'org'::text))";
        let what: Vec<String> = renamed_claims(text)
            .into_iter()
            .map(|changed| changed.what)
            .collect();
        assert_eq!(
            what,
            [
                "claim `app_metadata` became `app_metadata_other`",
                "claim `org` became `org_other`"
            ]
        );
    }

    #[test]
    fn quotes_that_do_not_end_end_with_the_text() {
        assert!(swapped_words("'and").is_empty());
        assert!(renamed_claims("auth.jwt() ->> 'é").len() == 1);
    }
}
