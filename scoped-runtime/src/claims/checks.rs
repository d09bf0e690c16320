use std::cmp::Ordering;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::{Claim, Constraint, Literal, ScopedClaims};
use crate::error::{Violation, Violations};

/// Collects the rules that the values of a struct's claims break. Never keeps a value.
pub struct Checks<'a> {
    claims: &'a Map<String, Value>,
    found: Vec<Violation>,
}

/// A regular expression, compiled when it is first used.
pub type Pattern = LazyLock<Option<Regex>>;

/// The expression that matches texts which this one matches as a whole. The macro has compiled it
/// with the same crate, so it cannot fail; if it did, nothing would match.
pub fn pattern(expression: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{expression})$")).ok()
}

/// Every rule that these claims break.
pub(super) fn violations<C: ScopedClaims>(claims: &C, json: &Map<String, Value>) -> Violations {
    let mut checks = Checks {
        claims: json,
        found: Vec::new(),
    };
    for claim in C::CLAIMS {
        checks.claim(claim);
    }
    claims.check_more(&mut checks);
    // The generated part comes last; its findings belong to their fields.
    let place = |violation: &Violation| {
        let mut claims = C::CLAIMS.iter();
        claims.position(|claim| claim.to_string() == violation.path())
    };
    checks.found.sort_by_key(place);
    checks.max_bytes(C::MAX_BYTES);
    Violations(checks.found)
}

impl<'a> Checks<'a> {
    /// `pattern = "..."`.
    pub fn pattern(&mut self, claim: &Claim, pattern: &Pattern) {
        if let Some(value) = self.value(claim) {
            match value {
                Value::String(text)
                    if (**pattern)
                        .as_ref()
                        .is_some_and(|regex| regex.is_match(text)) => {}
                Value::String(_) => {
                    let source = claim.constraints().iter().find_map(|rule| match rule {
                        Constraint::Pattern(source) => Some(*source),
                        _ => None,
                    });
                    let source = source.unwrap_or_default();
                    self.broken(claim, "pattern", format!("does not match `{source}`"));
                }
                _ => self.broken(claim, "pattern", "is not text"),
            }
        }
    }

    /// `custom = path`: what the function says.
    pub fn custom(&mut self, claim: &Claim, result: Result<(), &'static str>) {
        if let Err(reason) = result {
            self.broken(claim, "custom", reason);
        }
    }

    /// Everything that is data.
    fn claim(&mut self, claim: &Claim) {
        let Some(value) = self.value(claim) else {
            return;
        };
        if !claim.allows_float() && has_fraction(value) {
            self.broken(
                claim,
                "allow_float",
                "is or has a floating-point number; use integers, or allow it with `allow_float`",
            );
        }
        for rule in claim.constraints() {
            if let Err(reason) = obeys(value, *rule) {
                self.broken(claim, rule.name(), reason);
            }
        }
    }

    fn max_bytes(&mut self, limit: Option<usize>) {
        let bytes = serde_json::to_string(self.claims).map_or(0, |json| json.len());
        if let Some(limit) = limit.filter(|limit| bytes > *limit) {
            let reason = format!("have {bytes} bytes, more than {limit}; shorten them");
            let violation = Violation::new(String::new(), "max_bytes", reason);
            self.found.push(violation);
        }
    }

    /// The claim's value; `None` if it is absent.
    fn value(&self, claim: &Claim) -> Option<&'a Value> {
        let mut path = claim.path();
        let mut value = self.claims.get(path.next()?)?;
        for name in path {
            value = value.get(name)?;
        }
        (!value.is_null()).then_some(value)
    }

    fn broken(&mut self, claim: &Claim, rule: &'static str, reason: impl Into<String>) {
        let violation = Violation::new(claim.to_string(), rule, reason);
        self.found.push(violation);
    }
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_fraction),
        Value::Object(map) => map.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Whether a value obeys a rule, or how it does not.
fn obeys(value: &Value, rule: Constraint) -> Result<(), String> {
    let reason = match rule {
        Constraint::NonEmpty => (length(value)?.0 == 0).then(|| "is empty".to_owned()),
        Constraint::MinLen(min) => {
            let (length, unit) = length(value)?;
            (length < min).then(|| format!("has fewer than {min} {unit}"))
        }
        Constraint::MaxLen(max) => {
            let (length, unit) = length(value)?;
            (length > max).then(|| format!("has more than {max} {unit}"))
        }
        Constraint::Min(min) => {
            let order = min.order_of(number(value)?);
            (order == Some(Ordering::Less)).then(|| format!("is less than {min}"))
        }
        Constraint::Max(max) => {
            let order = max.order_of(number(value)?);
            (order == Some(Ordering::Greater)).then(|| format!("is more than {max}"))
        }
        Constraint::OneOf(listed) => {
            let is_listed = listed.iter().any(|listed| is_same(value, *listed));
            let shown = || listed.iter().map(|listed| format!("`{listed}`"));
            (!is_listed).then(|| format!("is none of {}", shown().collect::<Vec<_>>().join(", ")))
        }
        Constraint::Uuid => {
            let Value::String(text) = value else {
                return Err("is not text".to_owned());
            };
            let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
            (!is_uuid).then(|| "is not a UUID in hyphenated form".to_owned())
        }
        // The generated code checks these.
        Constraint::Pattern(_) | Constraint::Custom(_) => None,
    };
    reason.map_or(Ok(()), Err)
}

fn is_same(value: &Value, listed: Literal) -> bool {
    match (value, listed) {
        (Value::String(text), Literal::Text(listed)) => text == listed,
        (Value::Number(value), Literal::Number(listed)) => {
            listed.order_of(value) == Some(Ordering::Equal)
        }
        _ => false,
    }
}

fn number(value: &Value) -> Result<&serde_json::Number, String> {
    match value {
        Value::Number(number) => Ok(number),
        _ => Err("is not a number".to_owned()),
    }
}

/// How many of what: characters as PostgreSQL's `char_length` counts them.
fn length(value: &Value) -> Result<(usize, &'static str), String> {
    match value {
        Value::String(text) => Ok((text.chars().count(), "characters")),
        Value::Array(values) => Ok((values.len(), "items")),
        Value::Object(map) => Ok((map.len(), "members")),
        _ => Err("has no length".to_owned()),
    }
}
