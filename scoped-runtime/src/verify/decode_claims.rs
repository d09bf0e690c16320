use serde::Deserializer;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::Value;

use crate::claims::{Claim, ClaimKind, ScopedClaims};
use crate::error::{CallerError, TokenError, Violation, Violations};

/// Reads a token's claims as a struct, and checks its rules.
pub(super) fn decode<C>(claims: &Value) -> Result<C, CallerError>
where
    C: ScopedClaims + DeserializeOwned,
{
    // What the deserialiser says quotes values: what is wrong is looked for here.
    let read = C::deserialize(members(claims, C::READS_USER_METADATA));
    let read = read.map_err(|_| mismatch(mismatches(C::CLAIMS, claims)))?;
    match read.check() {
        Ok(()) => Ok(read),
        Err(TokenError::InvalidClaims { violations }) => Err(mismatch(violations.0)),
        Err(_) => Err(mismatch(vec![struct_mismatch()])),
    }
}

/// The claims to read. What users can edit is not one of them, whatever type or function of the user's
/// would read it.
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

/// Claims that are missing, or of another kind than their fields.
fn mismatches(known: &[Claim], claims: &Value) -> Vec<Violation> {
    let reason = |claim: &Claim| {
        let value = claim.path().try_fold(claims, |value, name| value.get(name));
        match value {
            None | Some(Value::Null) => (!claim.is_optional()).then_some("is missing"),
            Some(value) => (!has_kind(claim.kind(), value)).then_some("is of another type"),
        }
    };
    let found: Vec<Violation> = known
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
    Violation::new(String::new(), "type", "do not fit the struct's types")
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
