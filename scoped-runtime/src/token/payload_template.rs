use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_rules::registered::is_reserved;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde_json::{Map, Value};

#[cfg(feature = "postgres")]
use super::UnsignedClaims;
use super::{AccessToken, BEARER};
use crate::claims::{Aal, Actor, ClaimSet, Role, UserId};
use crate::error::TokenError;
use crate::key::Key;

/// The constant part of the payloads of a session: all claims except `iat`, `exp` and `jti`, encoded once.
/// Each mint appends those three.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct PayloadTemplate {
    /// Base64url of a JSON prefix whose length is a multiple of three bytes, so that it is also a prefix of the
    /// encoded payload.
    payload: String,
}

/// More bytes than the claims of a usual session have in JSON, so that they are written without growing a buffer.
const USUAL_BYTES: usize = 512;

/// The claims that every token has, except the times and the JWT ID.
/// See <https://supabase.com/docs/guides/auth/jwt-fields>.
#[derive(Serialize)]
struct Registered<'a> {
    sub: &'a str,
    role: &'a str,
    aud: &'static str,
    iss: &'a str,
    aal: &'static str,
    is_anonymous: bool,
    /// The actor that acts as the user (RFC 8693, section 4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<&'a Actor>,
}

impl PayloadTemplate {
    pub(crate) fn new(
        issuer: &str,
        user_id: &UserId,
        role: &Role,
        is_anonymous: bool,
        aal: Aal,
        actor: Option<&Actor>,
        claims: &ClaimSet,
    ) -> Result<Self, TokenError> {
        let registered = Registered {
            sub: user_id.as_str(),
            role: role.as_str(),
            aud: "authenticated",
            iss: issuer,
            aal: aal.as_str(),
            is_anonymous,
            act: actor,
        };
        let mut payload = Vec::with_capacity(USUAL_BYTES);
        append_json(&mut payload, "registered claims", &registered)?;
        payload.pop();
        for (name, value) in claims.iter() {
            payload.push(b',');
            append_json(&mut payload, name, name)?;
            payload.push(b':');
            append_json(&mut payload, name, value)?;
        }
        payload.push(b',');
        while payload.len() % 3 != 0 {
            payload.push(b' ');
        }
        Ok(Self {
            payload: URL_SAFE_NO_PAD.encode(payload),
        })
    }

    /// The size in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.payload.len()
    }

    /// The custom claims, decoded.
    pub(crate) fn custom_claims(&self) -> Result<Map<String, Value>, TokenError> {
        let mut json = URL_SAFE_NO_PAD.decode(&self.payload).unwrap_or_default();
        let end = json.iter().rposition(|byte| *byte == b',');
        json.truncate(end.unwrap_or(json.len()));
        json.push(b'}');
        let claims = serde_json::from_slice::<Map<String, Value>>(&json);
        let mut claims = claims.map_err(|source| TokenError::Serialize {
            name: "claims".to_owned(),
            source: Arc::new(source),
        })?;
        claims.retain(|name, _| !is_reserved(name));
        Ok(claims)
    }

    /// A token that lacks only its signature. `exp` is `now` plus `lifetime`, in whole seconds. `iat` is `now`
    /// minus `backdate`, for servers whose clock is behind.
    pub(crate) fn unsigned(
        &self,
        key: &Key,
        jwt_id: uuid::Uuid,
        now: SystemTime,
        lifetime: Duration,
        backdate: Duration,
    ) -> Result<UnsignedToken, TokenError> {
        let times = Times::new(now, lifetime, backdate)?;
        let rest = Rest::new(jwt_id, times);
        let rest = rest.as_bytes();
        let header = key.header();
        let signature_bytes = key.algorithm().signature_bytes();
        let bytes = BEARER.len()
            + header.len()
            + 1
            + self.payload.len()
            + encoded_bytes(rest.len())
            + 1
            + encoded_bytes(signature_bytes);
        let mut bearer = Zeroizing::new(Vec::with_capacity(bytes));
        for part in [BEARER, header, ".", &self.payload] {
            bearer.extend_from_slice(part.as_bytes());
        }
        encode_onto(&mut bearer, rest)?;
        Ok(UnsignedToken {
            bearer,
            issued_at: at(times.iat)?,
            expires_at: at(times.exp)?,
        })
    }

    /// The payload as JSON, with the times of [`unsigned`](Self::unsigned), for a server that needs no
    /// signature.
    #[cfg(feature = "postgres")]
    pub(crate) fn without_signature(
        &self,
        jwt_id: uuid::Uuid,
        now: SystemTime,
        lifetime: Duration,
        backdate: Duration,
    ) -> Result<UnsignedClaims, TokenError> {
        let times = Times::new(now, lifetime, backdate)?;
        let mut json = URL_SAFE_NO_PAD.decode(&self.payload).unwrap_or_default();
        json.extend_from_slice(Rest::new(jwt_id, times).as_bytes());
        // The template is made of text, so this cannot fail.
        let json = String::from_utf8(json).map_err(|_| TokenError::Sign)?;
        Ok(UnsignedClaims::new(json, at(times.iat)?, at(times.exp)?))
    }
}

/// The times of a mint, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Times {
    iat: u64,
    exp: u64,
}

impl Times {
    fn new(now: SystemTime, lifetime: Duration, backdate: Duration) -> Result<Self, TokenError> {
        let now = now
            .duration_since(UNIX_EPOCH)
            .map_err(|_| TokenError::Clock)?
            .as_secs();
        let exp = now
            .checked_add(lifetime.as_secs())
            .ok_or(TokenError::Clock)?;
        let iat = now.saturating_sub(backdate.as_secs());
        Ok(Self { iat, exp })
    }
}

fn at(seconds: u64) -> Result<SystemTime, TokenError> {
    let since_epoch = Duration::from_secs(seconds);
    UNIX_EPOCH.checked_add(since_epoch).ok_or(TokenError::Clock)
}

/// What a mint appends to the template: `iat`, `exp`, `jti` and the closing brace.
struct Rest {
    text: [u8; REST_BYTES],
    bytes: usize,
}

impl Rest {
    fn new(jwt_id: uuid::Uuid, times: Times) -> Self {
        let (mut iat, mut exp) = (itoa::Buffer::new(), itoa::Buffer::new());
        let mut jti = uuid::Uuid::encode_buffer();
        let (mut text, mut bytes) = ([0; REST_BYTES], 0);
        for part in [
            r#""iat":"#,
            iat.format(times.iat),
            r#","exp":"#,
            exp.format(times.exp),
            r#","jti":""#,
            jwt_id.hyphenated().encode_lower(&mut jti),
            r#""}"#,
        ] {
            text[bytes..][..part.len()].copy_from_slice(part.as_bytes());
            bytes += part.len();
        }
        Self { text, bytes }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.text[..self.bytes]
    }
}

/// The maximum size of what a mint appends: `iat` and `exp` of up to 20 digits each, a UUID, names and quotes.
const REST_BYTES: usize = 100;

/// Appends bytes in base64url. `base64`'s own method to append writes through an intermediate buffer.
fn encode_onto(text: &mut Vec<u8>, bytes: &[u8]) -> Result<(), TokenError> {
    let start = text.len();
    text.resize(start + encoded_bytes(bytes.len()), 0);
    URL_SAFE_NO_PAD
        .encode_slice(bytes, &mut text[start..])
        .map_err(|_| TokenError::Sign)?;
    Ok(())
}

/// The length of so many bytes in base64url without padding.
const fn encoded_bytes(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// A token without its signature.
pub(crate) struct UnsignedToken {
    /// The capacity includes the dot and a signature of the key's algorithm.
    bearer: Zeroizing<Vec<u8>>,
    pub(crate) issued_at: SystemTime,
    pub(crate) expires_at: SystemTime,
}

impl UnsignedToken {
    /// The JWS signing input: header and payload (RFC 7515, section 5.1).
    pub(crate) fn signing_input(&self) -> &[u8] {
        &self.bearer[BEARER.len()..]
    }

    /// Completes the token with its signature.
    pub(crate) fn signed(
        mut self,
        signature: &[u8],
        max_bytes: usize,
    ) -> Result<AccessToken, TokenError> {
        // The capacity is exact: growing or shrinking would leave a copy of the signature in memory.
        let bytes = self.bearer.len() + 1 + encoded_bytes(signature.len());
        let mut bearer = if self.bearer.capacity() == bytes {
            std::mem::take(&mut *self.bearer)
        } else {
            let mut bearer = Vec::with_capacity(bytes);
            bearer.extend_from_slice(&self.bearer);
            bearer
        };
        bearer.push(b'.');
        let start = bearer.len();
        encode_onto(&mut bearer, signature)?;
        // Base64url and dots are ASCII, so this cannot fail.
        let bearer = String::from_utf8(bearer).map_err(|_| TokenError::Sign)?;

        let bytes = bytes - BEARER.len();
        let token = AccessToken::new(bearer, start, self.issued_at, self.expires_at);
        if bytes > max_bytes {
            return Err(TokenError::TooLarge {
                bytes,
                limit: max_bytes,
                largest: token.largest_claims(),
            });
        }
        Ok(token)
    }
}

/// Appends the JSON of a claim. The name is for the error.
fn append_json(json: &mut Vec<u8>, name: &str, value: &impl Serialize) -> Result<(), TokenError> {
    serde_json::to_writer(json, value).map_err(|source| TokenError::Serialize {
        name: name.to_owned(),
        source: Arc::new(source),
    })
}
