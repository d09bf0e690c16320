use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::{AccessToken, BEARER};
use crate::claims::{ClaimSet, Role, UserId};
use crate::error::{LargestClaims, TokenError};
use crate::key::SigningKey;

/// Everything of a client's tokens that stays the same: the header and all claims but the times and
/// the JWT ID, encoded once. A mint adds those and signs.
pub(crate) struct Template {
    /// `Bearer <header>.<payload so far>`. The payload so far is a multiple of three bytes long, so
    /// its base64 text is a prefix of the whole payload's.
    prefix: String,
    max_bytes: usize,
}

/// The claims that every token has, beside times and JWT ID.
/// See <https://supabase.com/docs/guides/auth/jwt-fields>.
#[derive(Serialize)]
struct Registered<'a> {
    sub: &'a str,
    role: &'a str,
    aud: &'static str,
    iss: &'a str,
    aal: &'static str,
    is_anonymous: bool,
}

impl Template {
    pub(crate) fn new(
        key: &SigningKey,
        issuer: &str,
        user_id: &UserId,
        role: &Role,
        claims: &ClaimSet,
        max_bytes: usize,
    ) -> Result<Self, TokenError> {
        let registered = Registered {
            sub: user_id.as_str(),
            role: role.as_str(),
            aud: "authenticated",
            iss: issuer,
            aal: "aal1",
            is_anonymous: false,
        };
        let mut payload = json("registered claims", &registered)?;
        payload.pop();
        for (name, value) in claims.iter() {
            let _ = write!(payload, ",{}:{value}", json(name, name)?);
        }
        payload.push(',');
        while payload.len() % 3 != 0 {
            payload.push(' ');
        }
        let mut prefix = BEARER.to_owned();
        URL_SAFE_NO_PAD.encode_string(json("header", key.header())?, &mut prefix);
        prefix.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut prefix);
        Ok(Self { prefix, max_bytes })
    }

    /// Signs a new token that lives from `now` for `life`, in whole seconds.
    pub(crate) fn mint(
        &self,
        key: &SigningKey,
        now: SystemTime,
        life: Duration,
    ) -> Result<AccessToken, TokenError> {
        let iat = now
            .duration_since(UNIX_EPOCH)
            .map_err(|_| TokenError::Clock)?
            .as_secs();
        let exp = iat.saturating_add(life.as_secs());
        let at = |seconds| {
            let since_epoch = Duration::from_secs(seconds);
            UNIX_EPOCH.checked_add(since_epoch).ok_or(TokenError::Clock)
        };
        let rest = format!(r#""iat":{iat},"exp":{exp},"jti":"{}"}}"#, jwt_id()?);

        // The longest signature is RS256's with a 2048-bit key: 342 characters.
        let mut token = String::with_capacity(self.prefix.len() + rest.len() * 4 / 3 + 2 + 342);
        token.push_str(&self.prefix);
        URL_SAFE_NO_PAD.encode_string(rest, &mut token);
        let signature = key.sign(&token.as_bytes()[BEARER.len()..], |bytes| {
            URL_SAFE_NO_PAD.encode(bytes)
        });
        token.push('.');
        token.push_str(&signature);

        let bytes = token.len() - BEARER.len();
        let token = AccessToken::new(token, at(iat)?, at(exp)?);
        if bytes > self.max_bytes {
            return Err(TokenError::TooLarge {
                bytes,
                limit: self.max_bytes,
                largest: largest_claims(&token),
            });
        }
        Ok(token)
    }
}

/// A random JWT ID, from the generator that the keys come from.
fn jwt_id() -> Result<uuid::Uuid, TokenError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| TokenError::Sign)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

fn json(name: &str, value: &impl Serialize) -> Result<String, TokenError> {
    serde_json::to_string(value).map_err(|source| TokenError::Serialize {
        name: name.to_owned(),
        source,
    })
}

fn largest_claims(token: &AccessToken) -> LargestClaims {
    let mut sizes: Vec<(String, usize)> = token
        .claims()
        .into_iter()
        .map(|(name, value)| (name, value.to_string().len()))
        .collect();
    sizes.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    sizes.truncate(3);
    LargestClaims(sizes)
}
