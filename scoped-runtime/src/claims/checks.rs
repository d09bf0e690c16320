use std::sync::LazyLock;

use regex_lite::Regex;
use scoped_rules::constraint;
use serde_json::{Map, Value};

use super::{Claim, Constraint, Number, ScopedClaims};
use crate::error::{Violation, Violations};

/// Collects the violations of a struct's rules by the values of its claims. It never stores a value.
pub struct Checks<'a> {
    claims: &'a Map<String, Value>,
    found: Vec<Violation>,
}

/// A regular expression that is compiled on first use.
pub type Pattern = LazyLock<Option<Regex>>;

/// Compiles an expression so that it matches only whole texts. The macro compiles it with the same function,
/// so it does not fail here; `None` matches no text.
pub fn pattern(expression: &str) -> Option<Regex> {
    constraint::pattern(expression).ok()
}

/// Returns every rule that the claims violate.
pub(super) fn violations<C: ScopedClaims>(claims: &C, json: &Map<String, Value>) -> Violations {
    let mut checks = Checks {
        claims: json,
        found: Vec::new(),
    };
    for claim in C::CLAIMS {
        checks.claim(claim);
    }
    claims.check_more(&mut checks);
    // The generated checks run last, so their violations are sorted into the order of the fields.
    let place = |violation: &Violation| {
        let mut claims = C::CLAIMS.iter();
        claims.position(|claim| claim.to_string() == violation.path())
    };
    checks.found.sort_by_key(place);
    checks.max_bytes(C::MAX_BYTES);
    Violations(checks.found)
}

impl<'a> Checks<'a> {
    /// Checks `pattern = "..."`.
    pub fn pattern(&mut self, claim: &Claim, pattern: &Pattern) {
        let Some(value) = self.value(claim) else {
            return;
        };
        let source = claim
            .constraints()
            .iter()
            .find_map(|constraint| match constraint {
                Constraint::Pattern(source) => Some(*source),
                _ => None,
            });
        let source = source.unwrap_or_default();
        if let Err(reason) = constraint::check_pattern(as_value(value), source, pattern.as_ref()) {
            self.broken(claim, "pattern", reason);
        }
    }

    /// Records the result of the function of `custom = path`.
    pub fn custom(&mut self, claim: &Claim, result: Result<(), &'static str>) {
        if let Err(reason) = result {
            self.broken(claim, "custom", reason);
        }
    }

    /// Checks the rules that the claim's description contains as data.
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
        for constraint in claim.constraints() {
            // The generated code checks these constraints.
            if matches!(constraint, Constraint::Pattern(_) | Constraint::Custom(_)) {
                continue;
            }
            if let Err(reason) = constraint.check(as_value(value)) {
                self.broken(claim, constraint.name(), reason);
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

/// The part of a value that constraints check.
fn as_value(value: &Value) -> constraint::Value<'_> {
    match value {
        Value::String(text) => constraint::Value::Text(text),
        Value::Number(number) => constraint::Value::Number(as_number(number)),
        Value::Array(items) => constraint::Value::List(items.len()),
        Value::Object(members) => constraint::Value::Object(members.len()),
        Value::Null | Value::Bool(_) => constraint::Value::Other,
    }
}

fn as_number(number: &serde_json::Number) -> Number {
    let integer = number.as_i64().map(i128::from);
    match integer.or(number.as_u64().map(i128::from)) {
        Some(integer) => Number::Integer(integer),
        None => Number::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}
