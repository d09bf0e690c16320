//! The operators of PostgREST, and what they take.
//! See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators>.

use super::mistake::Mistake;

/// What `is` compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// `is null`
    Null,
    /// `is not null`
    NotNull,
    /// `is true`
    True,
    /// `is false`
    False,
    /// `is unknown`, which is `is null` for booleans
    Unknown,
}

impl Is {
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

/// `None` is null.
impl From<Option<bool>> for Is {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// What an operator takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Plain,
    /// Takes `(any)` and `(all)`.
    Quantifiable,
    /// Takes the name of a configuration.
    Search,
    List,
    Is,
}

const IS: [&str; 5] = ["null", "not_null", "true", "false", "unknown"];

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

/// Whether `is` takes this.
pub(super) fn is_operand_of_is(text: &str) -> bool {
    IS.iter().any(|is| text.eq_ignore_ascii_case(is))
}

/// Whether the text begins as a filter does: `eq.`, `not.`, `fts(english).`
pub(super) fn is_filter(text: &str) -> bool {
    match text.split_once('.') {
        Some((head, _)) => head == "not" || is_operator(head),
        None => false,
    }
}

/// Whether this is an operator: `eq`, `like(any)`, `fts(english)`.
pub(super) fn is_operator(text: &str) -> bool {
    let name = text.split_once('(').map_or(text, |(name, _)| name);
    OPERATORS.iter().any(|(known, _)| *known == name)
}

/// `(english)`
pub(super) fn configured(configuration: &str) -> Result<String, Mistake> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if configuration.is_empty() || !configuration.bytes().all(plain) {
        return Err(Mistake::named(
            "text search configuration",
            configuration,
            "cannot be sent",
            "name one of letters, digits and `_`, such as `english`",
        ));
    }
    Ok(format!("({configuration})"))
}

/// Whether this is a list as `in` takes it, with at least one value that PostgREST does not read as none.
pub(super) fn is_list(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('(') else {
        return false;
    };
    // PostgREST skips blanks here, and would see quotes behind them.
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

/// An element of a list and what follows it.
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
