use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::strict;
use crate::config::Relaxed;
use crate::error::CallerError;
use crate::key::{Algorithm, KeySet};

/// A JWS in compact form (RFC 7515, section 7.1), taken apart. Nothing in it is trusted yet.
pub(super) struct Compact<'a> {
    /// What is signed.
    pub(super) input: &'a [u8],
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    payload: &'a str,
    pub(super) signature: Vec<u8>,
}

/// Header members that would let a token choose its own key, say that its payload is something else, or
/// that must be understood. None is in a token of Supabase's.
const REFUSED: [&str; 8] = ["crit", "b64", "zip", "cty", "jwk", "jku", "x5u", "x5c"];

/// Members that name a key in another way. They decide nothing here.
const THUMBPRINTS: [&str; 2] = ["x5t", "x5t#S256"];

impl<'a> Compact<'a> {
    pub(super) fn parse(token: &'a str, relaxed: Relaxed) -> Result<Self, CallerError> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CallerError::malformed("has not three parts"));
        };
        let header = strict::object(&decode(header)?).ok_or(CallerError::malformed(
            "has a header that is no JSON object",
        ))?;
        if REFUSED.iter().any(|name| header.contains_key(*name)) {
            return Err(CallerError::malformed(
                "has a header member that no Supabase token has",
            ));
        }
        if !relaxed.thumbprint && THUMBPRINTS.iter().any(|name| header.contains_key(*name)) {
            return Err(CallerError::malformed(
                "has a certificate's thumbprint, which only `allow_thumbprints` takes",
            ));
        }
        let is_access_token = |name: &str| {
            let name = name.to_ascii_lowercase();
            matches!(name.as_str(), "at+jwt" | "application/at+jwt")
        };
        match text(&header, "typ")? {
            None | Some("JWT" | "jwt") => {}
            Some(name) if is_access_token(name) && relaxed.access_token => {}
            Some(name) if is_access_token(name) => {
                return Err(CallerError::malformed(
                    "has the `typ` `at+jwt`, which only `allow_at_jwt` takes",
                ));
            }
            Some(_) => return Err(CallerError::malformed("has a `typ` other than `JWT`")),
        }
        let name =
            text(&header, "alg")?.ok_or(CallerError::malformed("has no `alg` in its header"))?;
        Ok(Self {
            input: &token.as_bytes()[..token.len() - signature.len() - 1],
            algorithm: Algorithm::named(name).ok_or(CallerError::Algorithm)?,
            key_id: text(&header, "kid")?.map(str::to_owned),
            payload,
            signature: decode(signature)?,
        })
    }

    /// What the token says. Ask only once its signature is verified.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, CallerError> {
        strict::object(&self.decode_payload()?).ok_or(CallerError::malformed(
            "has a payload that is no JSON object",
        ))
    }

    fn decode_payload(&self) -> Result<Vec<u8>, CallerError> {
        decode(self.payload)
    }

    /// Whether one of these keys has made its signature. A key of another algorithm is never tried.
    pub(super) fn check(&self, keys: &KeySet) -> Result<(), CallerError> {
        let mut outcome = Err(match self.key_id {
            Some(_) => CallerError::UnknownKey,
            None => CallerError::MissingKeyId,
        });
        for key in keys.named(self.key_id.as_deref()) {
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

fn text<'h>(header: &'h Map<String, Value>, name: &str) -> Result<Option<&'h str>, CallerError> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(CallerError::malformed(
            "has a header member of the wrong type",
        )),
    }
}

/// Base64url without padding, line breaks or stray bits (RFC 7515, section 2).
fn decode(part: &str) -> Result<Vec<u8>, CallerError> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| CallerError::malformed("is not base64url without padding"))
}

/// Whether a compact JWS has a signature of one of these keys, a JWK or a set of them, by the same
/// code that verifies tokens. For tests with others' vectors, which sign any payload.
pub fn jws_verifies(jws: &str, keys: &str) -> bool {
    let verify = || {
        let keys = KeySet::parse(keys).ok()?;
        let jws = Compact::parse(jws, Relaxed::default()).ok()?;
        jws.decode_payload().ok()?;
        jws.check(&keys).ok()
    };
    verify().is_some()
}
