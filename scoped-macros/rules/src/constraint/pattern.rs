use regex_lite::Regex;

use super::Value;

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
