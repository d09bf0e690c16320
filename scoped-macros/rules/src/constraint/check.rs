//! Checks the values of claims.

use regex_lite::Regex;

use super::{Constraint, Literal, Value};
use crate::uuid;

impl<T: AsRef<str>, L: AsRef<[Literal<T>]>> Constraint<T, L> {
    /// Checks a value. `Custom` accepts every value, because only the program can call its function.
    ///
    /// # Errors
    /// How the value violates the constraint, as the continuation of a sentence that begins with the name of
    /// the claim. The text does not contain the value.
    pub fn check(&self, value: Value<'_>) -> Result<(), String> {
        let reason = match self {
            Self::NonEmpty => (value.length()?.0 == 0).then(|| "is empty".to_owned()),
            Self::MinLen(min) => {
                let (length, unit) = value.length()?;
                (length < *min).then(|| format!("has fewer than {min} {unit}"))
            }
            Self::MaxLen(max) => {
                let (length, unit) = value.length()?;
                (length > *max).then(|| format!("has more than {max} {unit}"))
            }
            Self::Min(min) => (value.number()? < *min).then(|| format!("is less than {min}")),
            Self::Max(max) => (value.number()? > *max).then(|| format!("is more than {max}")),
            Self::OneOf(listed) => {
                let listed = listed.as_ref();
                let is_listed = listed.iter().any(|listed| listed.is(value));
                let shown = || listed.iter().map(|listed| format!("`{}`", listed.shown()));
                (!is_listed)
                    .then(|| format!("is not one of {}", shown().collect::<Vec<_>>().join(", ")))
            }
            Self::Uuid => (!uuid::is_hyphenated(value.text()?))
                .then(|| "is not a UUID in hyphenated form".to_owned()),
            Self::Pattern(source) => {
                let source = source.as_ref();
                return check_pattern(value, source, pattern(source).ok().as_ref());
            }
            Self::Custom(_) => None,
        };
        reason.map_or(Ok(()), Err)
    }
}

/// Compiles a pattern into a regular expression that matches whole texts.
///
/// # Errors
/// The syntax error of the pattern.
pub fn pattern(source: &str) -> Result<Regex, regex_lite::Error> {
    Regex::new(source)?;
    Regex::new(&anchored(source))
}

/// The regular expression that matches the texts which `source` matches as a whole.
#[must_use]
pub fn anchored(source: &str) -> String {
    format!("^(?:{source})$")
}

/// Checks a value against a compiled pattern. Without a `regex`, no text matches.
///
/// # Errors
/// How the value violates the pattern. The text does not contain the value.
pub fn check_pattern(value: Value<'_>, source: &str, regex: Option<&Regex>) -> Result<(), String> {
    let text = value.text()?;
    if regex.is_some_and(|regex| regex.is_match(text)) {
        return Ok(());
    }
    Err(format!("does not match `{source}`"))
}
