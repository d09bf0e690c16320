use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{AccessToken, Issued};

/// The payload of a token as JSON, without header and signature: for a server that trusts the connection over
/// which it arrives. `Debug` shows the times only, since claims may be personal data.
#[derive(Clone)]
pub(crate) struct UnsignedClaims(Arc<Mint>);

struct Mint {
    json: String,
    issued_at: SystemTime,
    expires_at: SystemTime,
}

impl UnsignedClaims {
    pub(super) fn new(json: String, issued_at: SystemTime, expires_at: SystemTime) -> Self {
        Self(Arc::new(Mint {
            json,
            issued_at,
            expires_at,
        }))
    }

    /// The payload of a verified token, byte for byte.
    pub(crate) fn of_token(token: &AccessToken) -> Self {
        let payload = token.expose_secret().split('.').nth(1).unwrap_or_default();
        let json = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
        // The verifier has read it as JSON, so it is UTF-8.
        let json = String::from_utf8(json).unwrap_or_default();
        Self::new(json, token.issued_at(), token.expires_at())
    }

    /// The JSON object.
    pub(crate) fn json(&self) -> &str {
        &self.0.json
    }
}

impl Issued for UnsignedClaims {
    fn issued_at(&self) -> SystemTime {
        self.0.issued_at
    }

    fn expires_at(&self) -> SystemTime {
        self.0.expires_at
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for UnsignedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedClaims")
            .field("issued_at", &self.0.issued_at)
            .field("expires_at", &self.0.expires_at)
            .finish_non_exhaustive()
    }
}
