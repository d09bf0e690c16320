use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Header;
use serde_json::{Map, Value};

use super::unique_members;
use crate::config::ThirdPartyRules;
use crate::error::CallerError;
#[cfg(feature = "testing")]
use crate::key::VerifyingKey;
use crate::key::{Algorithm, KeySet};

/// The parts of a JWS in compact serialisation (RFC 7515, section 7.1). Parsing verifies no signature, so
/// nothing in it is trusted yet.
pub(super) struct CompactJws<'a> {
    /// The signing input: the encoded header and payload (RFC 7515, section 2).
    pub(super) input: &'a [u8],
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    payload: &'a str,
    pub(super) signature: Vec<u8>,
}

/// Header members that are refused: they would let a token bring its own key (`jwk`, `jku`, `x5u`, `x5c`),
/// change how the payload is read (`b64`, `zip`, `cty`), or require an extension (`crit`). Supabase's tokens
/// have none of them.
const REFUSED: [&str; 8] = ["crit", "b64", "zip", "cty", "jwk", "jku", "x5u", "x5c"];

/// Header members with the thumbprint of a certificate. They are never used to choose a key.
const THUMBPRINTS: [&str; 2] = ["x5t", "x5t#S256"];

impl<'a> CompactJws<'a> {
    pub(super) fn parse(token: &'a str, third_party: ThirdPartyRules) -> Result<Self, CallerError> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CallerError::malformed("does not have three parts"));
        };
        let members = unique_members::object(&decode(header)?).ok_or(CallerError::malformed(
            "has a header that is not a JSON object with unique members",
        ))?;
        check_members(&members, third_party)?;
        let algorithm = algorithm(&members)?;
        let header: Header = serde_json::from_value(Value::Object(members))
            .map_err(|_| CallerError::malformed(WRONG_TYPE))?;
        check_type(header.typ.as_deref(), third_party)?;
        Ok(Self {
            input: &token.as_bytes()[..token.len() - signature.len() - 1],
            algorithm,
            key_id: header.kid,
            payload,
            signature: decode(signature)?,
        })
    }

    /// Decodes the payload. Call it only after [`verify_signature`](Self::verify_signature).
    pub(super) fn claims(&self) -> Result<Map<String, Value>, CallerError> {
        unique_members::object(&self.decode_payload()?).ok_or(CallerError::malformed(
            "has a payload that is not a JSON object with unique members",
        ))
    }

    fn decode_payload(&self) -> Result<Vec<u8>, CallerError> {
        decode(self.payload)
    }

    /// Verifies the signature with the keys that the `kid` selects. A key verifies its own algorithm only.
    pub(super) fn verify_signature(&self, keys: &KeySet) -> Result<(), CallerError> {
        let mut outcome = Err(match self.key_id {
            Some(_) => CallerError::UnknownKey,
            None => CallerError::MissingKeyId,
        });
        for key in keys.with_key_id(self.key_id.as_deref()) {
            if key.algorithm() != self.algorithm {
                outcome = Err(CallerError::Algorithm);
            } else if key.verifies(self.input, &self.signature) {
                return Ok(());
            } else {
                outcome = Err(CallerError::Signature);
            }
        }
        outcome
    }
}

const WRONG_TYPE: &str = "has a header member of the wrong type";

fn check_members(
    members: &Map<String, Value>,
    third_party: ThirdPartyRules,
) -> Result<(), CallerError> {
    let has = |name: &&str| members.contains_key(*name);
    let reason = if REFUSED.iter().any(has) {
        "has a header member that Supabase's tokens never have"
    } else if !third_party.thumbprint && THUMBPRINTS.iter().any(has) {
        "has the thumbprint of a certificate, which `allow_thumbprints` would accept"
    } else if members.values().any(Value::is_null) {
        WRONG_TYPE
    } else {
        return Ok(());
    };
    Err(CallerError::malformed(reason))
}

fn algorithm(members: &Map<String, Value>) -> Result<Algorithm, CallerError> {
    let reason = match members.get("alg") {
        Some(Value::String(name)) => {
            return Algorithm::named(name).ok_or(CallerError::Algorithm);
        }
        Some(_) => WRONG_TYPE,
        None => "has no `alg` in its header",
    };
    Err(CallerError::malformed(reason))
}

/// Checks the token's `typ` (RFC 8725, section 3.11; for `at+jwt` RFC 9068, section 2.1).
fn check_type(name: Option<&str>, third_party: ThirdPartyRules) -> Result<(), CallerError> {
    let reason = match name.map(str::to_ascii_lowercase).as_deref() {
        None | Some("jwt") => return Ok(()),
        Some("at+jwt" | "application/at+jwt") if third_party.at_jwt => return Ok(()),
        Some("at+jwt" | "application/at+jwt") => {
            "has the `typ` `at+jwt`, which `allow_at_jwt` would accept"
        }
        Some(_) => "has a `typ` other than `JWT`",
    };
    Err(CallerError::malformed(reason))
}

/// Decodes base64url without padding, line breaks or trailing bits (RFC 7515, section 2).
fn decode(part: &str) -> Result<Vec<u8>, CallerError> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| CallerError::malformed("is not base64url without padding"))
}

/// Whether one of the keys (a JWK or a JWK Set) verifies the signature of a compact JWS, by the code that
/// verifies tokens. It is for tests with published test vectors, whose payloads are not claims.
pub fn jws_verifies(jws: &str, keys: &str) -> bool {
    let verify = || {
        let keys = KeySet::parse(keys).ok()?;
        let jws = CompactJws::parse(jws, ThirdPartyRules::default()).ok()?;
        jws.decode_payload().ok()?;
        jws.verify_signature(&keys).ok()
    };
    verify().is_some()
}

/// Returns the claims of a token whose signature the key verifies. No claim is checked, and no time: it is for the
/// recorder, which tells whose token came.
#[cfg(feature = "testing")]
pub(crate) fn signed_claims(
    token: &str,
    key: &VerifyingKey,
) -> Result<Map<String, Value>, CallerError> {
    let jws = CompactJws::parse(token, ThirdPartyRules::default())?;
    if jws.algorithm != key.algorithm() {
        return Err(CallerError::Algorithm);
    }
    if !key.verifies(jws.input, &jws.signature) {
        return Err(CallerError::Signature);
    }
    jws.claims()
}
