use std::sync::Arc;

use serde_json::{Map, Value};

use super::checks::violations;
use super::{RESERVED, ScopedClaims};
use crate::error::TokenError;

/// The custom claims of one client as JSON, checked: no reserved name, none set twice.
#[derive(Debug, Default)]
pub(crate) struct ClaimSet(Map<String, Value>);

impl ClaimSet {
    /// The claims of a struct.
    pub(crate) fn of<C: ScopedClaims>(claims: &C) -> Result<Self, TokenError> {
        let value = serde_json::to_value(claims).map_err(|source| TokenError::Serialize {
            name: "claims".to_owned(),
            source: Arc::new(source),
        })?;
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

    /// Adds a claim that is known only at run time. One that serialises to null is left out, as a
    /// struct's `None` is.
    pub(crate) fn add(
        &mut self,
        name: String,
        value: Result<Value, serde_json::Error>,
    ) -> Result<(), TokenError> {
        check_name(&name)?;
        if self.0.contains_key(&name) {
            return Err(TokenError::DuplicateClaim { name });
        }
        match value {
            Ok(Value::Null) => Ok(()),
            Ok(value) => {
                check_value(&value)?;
                self.0.insert(name, value);
                Ok(())
            }
            Err(source) => Err(TokenError::Serialize {
                name,
                source: Arc::new(source),
            }),
        }
    }

    /// Those of a token's own claims of whose names this says so.
    pub(crate) fn kept(mut claims: Map<String, Value>, keep: impl Fn(&str) -> bool) -> Self {
        claims.retain(|name, _| keep(name));
        Self(claims)
    }

    /// The claims by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

fn check_name(name: &str) -> Result<(), TokenError> {
    if RESERVED.contains(&name) {
        return Err(TokenError::ReservedClaim {
            name: name.to_owned(),
        });
    }
    if name.is_empty() {
        return Err(TokenError::InvalidClaim {
            reason: "has an empty name",
            remedy: "name it",
        });
    }
    check_text(name)
}

/// PostgreSQL cannot keep U+0000 in `jsonb`: every policy that reads any claim would fail.
fn check_text(text: &str) -> Result<(), TokenError> {
    if text.contains('\0') {
        return Err(TokenError::InvalidClaim {
            reason: "has a NUL character, which PostgreSQL cannot hold",
            remedy: "remove it",
        });
    }
    Ok(())
}

/// Readers of JSON stop at 128 levels, and the payload is one: a deeper token could not be read again.
const MAX_LEVELS: usize = 100;

fn check_value(value: &Value) -> Result<(), TokenError> {
    check_level(value, MAX_LEVELS)
}

fn check_level(value: &Value, levels: usize) -> Result<(), TokenError> {
    let inner = levels.checked_sub(1).ok_or(TokenError::InvalidClaim {
        reason: "is nested more than 100 levels deep",
        remedy: "flatten it",
    });
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
                check_text(name)?;
                check_level(value, inner)
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
