//! The operators of PostgREST and their operands.
//! See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators>.

use super::mistake::Mistake;

/// The operand of [`Query::is`](crate::Query::is).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// `column IS NULL`
    Null,
    /// `column IS NOT NULL`
    NotNull,
    /// `column IS TRUE`
    True,
    /// `column IS FALSE`
    False,
    /// `column IS UNKNOWN`, which means `IS NULL` for a boolean
    Unknown,
}

impl Is {
    const ALL: [Self; 5] = [
        Self::Null,
        Self::NotNull,
        Self::True,
        Self::False,
        Self::Unknown,
    ];

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::NotNull => "not_null",
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        }
    }
}

impl From<bool> for Is {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// `None` means [`Is::Null`].
impl From<Option<bool>> for Is {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// The kind of operand that an operator takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Plain,
    /// A value, or several with `(any)` or `(all)`.
    Quantifiable,
    /// A text search, with an optional configuration.
    Search,
    List,
    Is,
}

pub(super) const OPERATORS: [(&str, Kind); 25] = [
    ("eq", Kind::Quantifiable),
    ("neq", Kind::Plain),
    ("gt", Kind::Quantifiable),
    ("gte", Kind::Quantifiable),
    ("lt", Kind::Quantifiable),
    ("lte", Kind::Quantifiable),
    ("like", Kind::Quantifiable),
    ("ilike", Kind::Quantifiable),
    ("match", Kind::Quantifiable),
    ("imatch", Kind::Quantifiable),
    ("isdistinct", Kind::Plain),
    ("in", Kind::List),
    ("is", Kind::Is),
    ("cs", Kind::Plain),
    ("cd", Kind::Plain),
    ("ov", Kind::Plain),
    ("sl", Kind::Plain),
    ("sr", Kind::Plain),
    ("nxl", Kind::Plain),
    ("nxr", Kind::Plain),
    ("adj", Kind::Plain),
    ("fts", Kind::Search),
    ("plfts", Kind::Search),
    ("phfts", Kind::Search),
    ("wfts", Kind::Search),
];

/// Whether the text is an operand of `is`.
pub(super) fn is_operand_of_is(text: &str) -> bool {
    Is::ALL
        .iter()
        .any(|is| text.eq_ignore_ascii_case(is.text()))
}

/// Whether the text begins like a filter: `eq.`, `not.`, `fts(english).`
pub(super) fn is_filter(text: &str) -> bool {
    match text.split_once('.') {
        Some((head, _)) => head == "not" || is_operator(head),
        None => false,
    }
}

/// Whether the text is an operator: `eq`, `like(any)`, `fts(english)`.
pub(super) fn is_operator(text: &str) -> bool {
    let name = text.split_once('(').map_or(text, |(name, _)| name);
    OPERATORS.iter().any(|(known, _)| *known == name)
}

/// The configuration of a text search in parentheses: `(english)`.
pub(super) fn configured(configuration: &str) -> Result<String, Mistake> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if configuration.is_empty() || !configuration.bytes().all(plain) {
        return Err(Mistake::named(
            "text search configuration",
            configuration,
            "cannot be sent",
            "use a name of letters, digits and `_`, such as `english`",
        ));
    }
    Ok(format!("({configuration})"))
}

/// Whether the text is a list in the syntax of `in` that PostgREST does not read as an empty list.
pub(super) fn is_list(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('(') else {
        return false;
    };
    // PostgREST skips blanks before the first element, so quotes after them would be read differently.
    if rest.starts_with([' ', '\t']) {
        return false;
    }
    let mut count = 0;
    loop {
        let (element, after) = element(rest);
        count += 1;
        match after.as_bytes() {
            [b',', ..] => rest = &after[1..],
            [b')'] => return count > 1 || !matches!(element.trim(), "" | "\"\""),
            _ => return false,
        }
    }
}

/// Splits the text after its first element of a list.
fn element(text: &str) -> (&str, &str) {
    let end = if text.starts_with('"') {
        let mut is_escaped = false;
        let close = text.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        close.map_or(text.len(), |close| close + 2)
    } else {
        text.find([',', ')']).unwrap_or(text.len())
    };
    text.split_at(end)
}
