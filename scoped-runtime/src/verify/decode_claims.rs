use serde::Deserializer;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::Value;

use crate::claims::{Claim, ClaimKind, ScopedClaims};
use crate::error::{CallerError, TokenError, Violation, Violations};

/// Deserialises a token's claims as a struct, and checks the rules of the struct.
pub(super) fn decode<C>(claims: &Value) -> Result<C, CallerError>
where
    C: ScopedClaims + DeserializeOwned,
{
    // The deserialiser's error may quote values, so the mismatch is derived from the types instead.
    let decoded = C::deserialize(members(claims, C::READS_USER_METADATA));
    let decoded = decoded.map_err(|_| mismatch(mismatches(C::CLAIMS, claims)))?;
    match decoded.check() {
        Ok(()) => Ok(decoded),
        Err(TokenError::InvalidClaims { violations }) => Err(mismatch(violations.0)),
        Err(_) => Err(mismatch(vec![struct_mismatch()])),
    }
}

/// The claims to deserialise. `user_metadata` is left out unless the struct allows it, since users can edit
/// it themselves.
fn members(
    claims: &Value,
    with_user_metadata: bool,
) -> impl Deserializer<'_, Error = serde_json::Error> {
    let members = claims.as_object().into_iter().flatten();
    let members = members.filter(move |(name, _)| with_user_metadata || *name != "user_metadata");
    MapDeserializer::new(members.map(|(name, value)| (name.as_str(), value)))
}

fn mismatch(violations: Vec<Violation>) -> CallerError {
    CallerError::ClaimsMismatch {
        violations: Violations(violations),
    }
}

/// The claims that are missing or of another JSON type than their fields.
fn mismatches(expected: &[Claim], claims: &Value) -> Vec<Violation> {
    let reason = |claim: &Claim| {
        let value = claim.path().try_fold(claims, |value, name| value.get(name));
        match value {
            None | Some(Value::Null) => (!claim.is_optional()).then_some("is missing"),
            Some(value) => (!has_kind(claim.kind(), value)).then_some("has the wrong type"),
        }
    };
    let found: Vec<Violation> = expected
        .iter()
        .filter_map(|claim| Some(Violation::new(claim.to_string(), "type", reason(claim)?)))
        .collect();
    if found.is_empty() {
        vec![struct_mismatch()]
    } else {
        found
    }
}

fn struct_mismatch() -> Violation {
    Violation::new(String::new(), "type", "cannot be read as the struct")
}

fn has_kind(kind: ClaimKind, value: &Value) -> bool {
    match kind {
        ClaimKind::Text | ClaimKind::Uuid => value.is_string(),
        ClaimKind::Integer => value.is_i64() || value.is_u64(),
        ClaimKind::Float => value.is_number(),
        ClaimKind::Boolean => value.is_boolean(),
        ClaimKind::List => value.is_array(),
        ClaimKind::Object => value.is_object(),
        _ => true,
    }
}
