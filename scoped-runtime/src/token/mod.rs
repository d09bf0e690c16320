//! What is signed and sent: a JSON Web Token (RFC 7519) in compact form.

mod jwt_id;
mod template;

pub(crate) use jwt_id::JwtIds;
pub(crate) use template::{Template, Unsigned};

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::HeaderValue;
use secrecy::zeroize::Zeroize;
use serde_json::{Map, Value};

use crate::error::ClientError;

const BEARER: &str = "Bearer ";

/// A user's token, ready to be sent. `Debug` is redacted and there is no `Display`:
/// [`expose_secret`](Self::expose_secret) is the only way at it. Cheap to clone.
#[derive(Clone)]
pub struct AccessToken(Arc<SharedToken>);

/// What all clones of a token share.
struct SharedToken {
    signed: Arc<Signed>,
    /// The `Authorization` header, which the first request makes.
    header: OnceLock<HeaderValue>,
}

struct Signed {
    /// `Bearer <token>`, as it stands in the `Authorization` header.
    bearer: String,
    /// Where its signature begins.
    signature: usize,
    issued_at: SystemTime,
    expires_at: SystemTime,
}

/// Wipes the signature. The rest says who and what, and opens nothing without it.
impl Drop for Signed {
    fn drop(&mut self) {
        let mut bearer = std::mem::take(&mut self.bearer).into_bytes();
        if let Some(signature) = bearer.get_mut(self.signature..) {
            signature.zeroize();
        }
    }
}

impl AccessToken {
    /// `bearer` has the scheme in front already, so that sending the token copies it once. It has no
    /// room to spare: growing and shrinking would leave copies behind.
    fn new(
        bearer: String,
        signature: usize,
        issued_at: SystemTime,
        expires_at: SystemTime,
    ) -> Self {
        let signed = Signed {
            bearer,
            signature,
            issued_at,
            expires_at,
        };
        Self(Arc::new(SharedToken {
            signed: Arc::new(signed),
            header: OnceLock::new(),
        }))
    }

    /// One that somebody else has signed and we have verified.
    pub(crate) fn foreign(token: &str, issued_at: SystemTime, expires_at: SystemTime) -> Self {
        let mut bearer = String::with_capacity(BEARER.len() + token.len());
        bearer.push_str(BEARER);
        bearer.push_str(token);
        let signature = bearer.rfind('.').map_or(0, |dot| dot + 1);
        Self::new(bearer, signature, issued_at, expires_at)
    }

    /// The token itself, for another client of the same project.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.bearer()[BEARER.len()..]
    }

    /// The value of the `Authorization` header (RFC 6750).
    pub(crate) fn bearer(&self) -> &str {
        &self.0.signed.bearer
    }

    /// The same as a header, which shares the token's memory: what is wiped with the last of both is
    /// never copied.
    pub(crate) fn header(&self) -> Result<HeaderValue, ClientError> {
        if let Some(header) = self.0.header.get() {
            return Ok(header.clone());
        }
        let shared = Bytes::from_owner(HeaderBytes(Arc::clone(&self.0.signed)));
        let mut header =
            HeaderValue::from_maybe_shared(shared).map_err(|_| ClientError::InvalidName {
                kind: "token",
                name: "of the client".to_owned(),
                reason: "cannot be a header",
                remedy: "report this as a bug",
            })?;
        header.set_sensitive(true);
        Ok(self.0.header.get_or_init(|| header).clone())
    }

    /// When it was issued (`iat`).
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.0.signed.issued_at
    }

    /// When its life ends (`exp`). No request of ours carries it from then on.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.signed.expires_at
    }

    /// What it says, decoded: for logs and tests. Claims are no secret, but may be personal data.
    #[must_use]
    pub fn claims(&self) -> Map<String, Value> {
        self.expose_secret()
            .split('.')
            .nth(1)
            .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    /// Whether this is the very same token, not only an equal one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Keeps a token's memory for a header.
struct HeaderBytes(Arc<Signed>);

impl AsRef<[u8]> for HeaderBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.bearer.as_bytes()
    }
}

/// A token's SHA-256, to find it by.
pub(crate) fn fingerprint(token: &str) -> [u8; 32] {
    let mut fingerprint = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    fingerprint.copy_from_slice(digest.as_ref());
    fingerprint
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("token", &"[redacted]")
            .field("issued_at", &self.0.signed.issued_at)
            .field("expires_at", &self.0.signed.expires_at)
            .finish()
    }
}
