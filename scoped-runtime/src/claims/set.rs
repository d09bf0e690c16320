use serde_json::{Map, Value};

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
            source,
        })?;
        let found = match value {
            Value::Object(map) => {
                map.keys().try_for_each(|name| refuse_reserved(name))?;
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
        refuse_reserved(&name)?;
        if self.0.contains_key(&name) {
            return Err(TokenError::DuplicateClaim { name });
        }
        match value {
            Ok(Value::Null) => Ok(()),
            Ok(value) => {
                self.0.insert(name, value);
                Ok(())
            }
            Err(source) => Err(TokenError::Serialize { name, source }),
        }
    }

    /// The claims by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

fn refuse_reserved(name: &str) -> Result<(), TokenError> {
    if RESERVED.contains(&name) {
        return Err(TokenError::ReservedClaim {
            name: name.to_owned(),
        });
    }
    Ok(())
}
