use std::sync::Arc;

use scoped_rules::registered::is_reserved;
use serde::Serialize;
use serde_json::{Map, Value};

use super::checks::violations;
use super::to_json::{ClaimError, Reason, ToJson};
use super::{PRIVATE, ScopedClaims};
use crate::error::{TokenError, Violation, Violations, shown};

/// The checked custom claims of one client as JSON: no name is reserved, and no claim is set twice.
#[derive(Debug, Default)]
pub(crate) struct ClaimSet(Map<String, Value>);

impl ClaimSet {
    /// Checks and serialises the claims of a struct.
    pub(crate) fn of<C: ScopedClaims>(claims: &C) -> Result<Self, TokenError> {
        let value = claims
            .serialize(ToJson::ROOT)
            .map_err(|error| refused(error, None))?;
        let found = match value {
            Value::Object(mut map) => {
                map.retain(|_, value| !value.is_null());
                map.keys().try_for_each(|name| check_name(name))?;
                let violations = violations(claims, &map);
                if !violations.is_empty() {
                    return Err(TokenError::InvalidClaims { violations });
                }
                map.values().try_for_each(check_value)?;
                return Ok(Self(map));
            }
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
        };
        Err(TokenError::NotAnObject { found })
    }

    /// Adds a claim that is known only at run time. A value that serialises to `null` is left out, like the
    /// `None` of a struct's field.
    pub(crate) fn add(
        &mut self,
        name: String,
        value: Result<Value, ClaimError>,
    ) -> Result<(), TokenError> {
        check_name(&name)?;
        if self.0.contains_key(&name) {
            return Err(TokenError::DuplicateClaim { name: shown(&name) });
        }
        match value {
            Ok(Value::Null) => Ok(()),
            Ok(value) => {
                check_value(&value)?;
                self.0.insert(name, value);
                Ok(())
            }
            Err(error) => Err(refused(error, Some(&name))),
        }
    }

    /// Serialises the value of a claim that is known only at run time.
    pub(crate) fn value(value: &impl Serialize) -> Result<Value, ClaimError> {
        value.serialize(ToJson::CLAIM)
    }

    /// The custom claims whose names satisfy the predicate.
    pub(crate) fn filtered(mut claims: Map<String, Value>, keep: impl Fn(&str) -> bool) -> Self {
        claims.retain(|name, _| keep(name));
        Self(claims)
    }

    /// The claims by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

/// The error for a claim that cannot be serialised. `claim` is its name if the claim was added at run time.
fn refused(error: ClaimError, claim: Option<&str>) -> TokenError {
    let names: Vec<String> = claim.into_iter().chain(error.path()).map(shown).collect();
    let path = names.join(".");
    match error.reason {
        Reason::Rule(reason) => TokenError::InvalidClaims {
            violations: Violations(vec![Violation::new(path, "type", reason)]),
        },
        Reason::Nested => TOO_DEEP,
        Reason::Serialize(reason) => TokenError::Serialize {
            name: if path.is_empty() {
                "claims".to_owned()
            } else {
                path
            },
            source: Arc::new(<serde_json::Error as serde::ser::Error>::custom(reason)),
        },
    }
}

const TOO_DEEP: TokenError = TokenError::InvalidClaim {
    reason: "is nested more than 100 levels deep",
    remedy: "flatten it",
};

fn check_name(name: &str) -> Result<(), TokenError> {
    if is_reserved(name) {
        return Err(TokenError::ReservedClaim {
            name: name.to_owned(),
        });
    }
    if name.is_empty() {
        return Err(TokenError::InvalidClaim {
            reason: "has an empty name",
            remedy: "give it a name",
        });
    }
    check_member(name)
}

/// Checks the name of a claim or of a member inside of one.
fn check_member(name: &str) -> Result<(), TokenError> {
    if name.starts_with(PRIVATE) {
        return Err(TokenError::InvalidClaim {
            reason: "has a member whose name `serde_json` uses internally, so that its text would be parsed as JSON",
            remedy: "give it another name",
        });
    }
    check_text(name)
}

/// Refuses NUL, which PostgreSQL cannot store in `jsonb`: every policy that reads a claim would fail.
fn check_text(text: &str) -> Result<(), TokenError> {
    if text.contains('\0') {
        return Err(TokenError::InvalidClaim {
            reason: "has a NUL character, which PostgreSQL cannot hold",
            remedy: "remove it",
        });
    }
    Ok(())
}

/// The deepest nesting of a claim. JSON parsers stop at 128 levels, so a deeper token could not be parsed.
const MAX_LEVELS: usize = 100;

fn check_value(value: &Value) -> Result<(), TokenError> {
    check_level(value, MAX_LEVELS)
}

fn check_level(value: &Value, levels: usize) -> Result<(), TokenError> {
    let inner = levels.checked_sub(1).ok_or(TOO_DEEP);
    match value {
        Value::String(text) => check_text(text),
        Value::Array(values) => {
            let inner = inner?;
            values
                .iter()
                .try_for_each(|value| check_level(value, inner))
        }
        Value::Object(map) => {
            let inner = inner?;
            map.iter().try_for_each(|(name, value)| {
                check_member(name)?;
                check_level(value, inner)
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
