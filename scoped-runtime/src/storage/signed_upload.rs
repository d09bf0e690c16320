use std::fmt;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::object_options::write_upsert;
use super::request::{json_request, object_target, push_query, unexpected};
use super::signed_url::is_token;
use crate::client::Core;
use crate::error::{ConfigurationError, Error, Problem};

/// A URL by which anyone can upload one object until it expires. [`Bucket::signed_upload_url`](super::Bucket::signed_upload_url)
/// makes one. It is a secret like a token: `Debug` does not show it.
#[derive(Clone)]
pub struct SignedUploadUrl {
    url: SecretString,
    token: SecretString,
}

impl SignedUploadUrl {
    /// The whole URL, for a `PUT` of the content, or for
    /// [`Storage::upload_signed`](super::Storage::upload_signed).
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.url.expose_secret()
    }

    /// Only the token, for a resumable upload ([`ResumableRequest::signed`](super::ResumableRequest::signed)) and for the
    /// `uploadToSignedUrl` of the official clients.
    #[must_use]
    pub fn expose_token(&self) -> &str {
        self.token.expose_secret()
    }
}

impl fmt::Debug for SignedUploadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedUploadUrl([redacted])")
    }
}

#[derive(Deserialize)]
struct Signed {
    #[serde(default)]
    url: String,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    exp: u64,
}

pub(super) async fn sign_upload(
    core: Arc<Core>,
    bucket: Arc<str>,
    key: String,
    upsert: bool,
) -> Result<SignedUploadUrl, Error> {
    let mut request = json_request(
        Method::POST,
        object_target("object/upload/sign/", &bucket, &key)?,
        &serde_json::json!({}),
    )?;
    if upsert {
        write_upsert(&mut request);
    }
    let signed: Signed = core.send(&request).await?.json()?;
    let of_url = || signed.url.rsplit_once("token=").map(|(_, token)| token);
    let token = signed.token.as_deref().or_else(of_url);
    let token = token
        .filter(|token| is_token(token))
        .ok_or_else(|| unexpected("a signed upload URL", "has no token"))?;
    check_lifetime(&core, token)?;
    let mut target = object_target("object/upload/sign/", &bucket, &key)?;
    push_query(&mut target, "token", token);
    Ok(SignedUploadUrl {
        url: format!("{}{target}", core.project_url()).into(),
        token: token.into(),
    })
}

/// The server decides how long the URL lives, and the mint policy whether that is short enough.
fn check_lifetime(core: &Core, token: &str) -> Result<(), ConfigurationError> {
    let policy = &core.settings().policy;
    if policy.limit_lifetime(Duration::MAX) == Duration::MAX {
        return Ok(());
    }
    let payload = token.split('.').nth(1);
    let payload = payload.and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice::<Claims>(&payload).ok());
    let now = core.settings().clock.now().duration_since(UNIX_EPOCH);
    let left = claims.and_then(|claims| {
        let left = Duration::from_secs(claims.exp).checked_sub(now.ok()?);
        Some(left.unwrap_or_default())
    });
    match left {
        Some(left) if policy.limit_lifetime(left) == left => Ok(()),
        _ => Err(Problem::new(
            "signed_upload_url",
            "lives longer than allowed by the mint policy",
            "shorten the lifetime of upload URLs on the server, or upload as the user",
        )
        .into()),
    }
}
