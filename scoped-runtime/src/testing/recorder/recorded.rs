use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap};
use http::request::Parts;
use regex_lite::Regex;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::CallerError;
use crate::key::VerifyingKey;
use crate::verify::{bearer, signed_claims};

/// A request that arrived at a [`Recorder`](super::Recorder). Cheap to clone. `Debug` and `Display` show neither
/// tokens nor API keys.
#[derive(Clone)]
pub struct Recorded(Arc<Inner>);

struct Inner {
    head: Parts,
    query: Vec<(String, String)>,
    body: Bytes,
    is_complete: bool,
    claims: Result<Map<String, Value>, CallerError>,
}

impl Recorded {
    pub(super) fn new(
        mut head: Parts,
        body: Bytes,
        is_complete: bool,
        key: Option<&VerifyingKey>,
    ) -> Self {
        for (name, value) in &mut head.headers {
            let is_secret = value.to_str().is_ok_and(has_secret);
            value.set_sensitive(is_secret || [AUTHORIZATION, COOKIE].contains(name));
        }
        let query = head.uri.query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(Arc::new(Inner {
            query: query.collect(),
            body,
            is_complete,
            claims: claims(&head.headers, key),
            head,
        }))
    }

    /// The method, such as `GET`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.0.head.method.as_str()
    }

    /// The path as it was sent, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.head.uri.path()
    }

    /// The query as it was sent, without the `?`. Empty without a query.
    #[must_use]
    pub fn query(&self) -> &str {
        self.0.head.uri.query().unwrap_or_default()
    }

    /// The names and values of the query, decoded, in their order.
    #[must_use]
    pub fn query_pairs(&self) -> &[(String, String)] {
        &self.0.query
    }

    /// The first decoded value of this name in the query.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.0.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The headers. Those with a secret are marked as sensitive, so that `Debug` does not show them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.head.headers
    }

    /// The first header of this name, if its value is visible ASCII. The token of a request is better read
    /// through [`claims`](Self::claims).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(self.body()) {
            Ok(text) => text,
            Err(error) => panic!("the body is not UTF-8 ({error}): {self}"),
        }
    }

    /// The body, read from JSON.
    ///
    /// # Panics
    /// When it is not JSON of this type.
    #[must_use]
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(self.body()) {
            Ok(value) => value,
            Err(error) => panic!("the body is not JSON of this type ({error}): {self}"),
        }
    }

    /// Whether the whole body arrived. If not, the client closed the connection before its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.is_complete
    }

    /// The claims of the token that came with the request, whose signature the key of the recorder's project
    /// verifies. Whether the token has expired is not looked at.
    ///
    /// # Errors
    /// [`CallerError::Missing`] without a token; [`CallerError::Signature`] and others for a forged one, or one
    /// of another project.
    pub fn claims(&self) -> Result<&Map<String, Value>, &CallerError> {
        self.0.claims.as_ref()
    }

    /// The user (`sub`) whose verified token came with the request.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.text_claim("sub")
    }

    /// The role of the verified token that came with the request.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.text_claim("role")
    }

    fn text_claim(&self, name: &str) -> Option<&str> {
        self.claims().ok()?.get(name)?.as_str()
    }
}

/// Reads the claims of the request's only bearer token.
fn claims(
    headers: &HeaderMap,
    key: Option<&VerifyingKey>,
) -> Result<Map<String, Value>, CallerError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().ok_or(CallerError::Missing)?;
    if values.next().is_some() {
        return Err(CallerError::malformed("is in more than one header"));
    }
    let header = header
        .to_str()
        .map_err(|_| CallerError::malformed("is not ASCII"))?;
    let key = key.ok_or(CallerError::UnknownKey)?;
    signed_claims(bearer(header)?, key)
}

/// One line: the method, the path and the query, whose token came, and the body.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.0.head.uri.path_and_query();
        let target = target.map_or(self.path(), |target| target.as_str());
        write!(f, "{} {}", self.method(), redacted(target))?;
        match self.claims() {
            Ok(_) => write!(
                f,
                " as user {} in the role {}",
                self.user_id().unwrap_or("(none)"),
                self.role().unwrap_or("(none)")
            )?,
            Err(CallerError::Missing) => f.write_str(" without a token")?,
            Err(error) => write!(
                f,
                " with a token that is not of a user of the project: {error}"
            )?,
        }
        if self.body().is_empty() {
            return Ok(());
        }
        match std::str::from_utf8(self.body()) {
            Ok(text) => {
                let text = redacted(text);
                let shown: String = text.chars().take(500).collect();
                let rest = if shown.len() < text.len() { "..." } else { "" };
                write!(f, ", with the body {shown}{rest}")
            }
            Err(_) => write!(f, ", with a body of {} bytes", self.body().len()),
        }
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A JWT (RFC 7519): the JSON object of its header begins with `eyJ` in base64url. Or an API key.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*|sb_(?:publishable|secret)_[A-Za-z0-9_-]+").ok()
});

/// The text without tokens and API keys.
fn redacted(text: &str) -> Cow<'_, str> {
    match &*SECRET {
        Some(secret) => secret.replace_all(text, "[redacted]"),
        None => "[redacted]".into(),
    }
}

/// Whether the text has a token or an API key in it.
fn has_secret(text: &str) -> bool {
    SECRET.as_ref().is_none_or(|secret| secret.is_match(text))
}
