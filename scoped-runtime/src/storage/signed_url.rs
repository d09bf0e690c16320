use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::{check_bucket, check_key};
use super::request::{
    ROOT, awaited, bucket_target, json_request, object_target, push_query, reading, unexpected,
};
use super::{Bucket, Transform};
use crate::client::{Async, Core, Mode, answer};
use crate::error::{ClientError, ConfigurationError, Error, Problem};
use crate::mint_policy::MintPolicy;

/// A URL by which anyone can read one object until it expires. [`Bucket::signed_url`] makes one. It is a secret like a
/// token: `Debug` does not show it.
#[derive(Clone)]
pub struct SignedUrl(SecretString);

impl SignedUrl {
    fn new(core: &Core, target: &str) -> Self {
        Self(format!("{}{target}", core.project_url()).into())
    }

    /// The whole URL, to be handed to the one who may read the object.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedUrl([redacted])")
    }
}

/// A request for a [`SignedUrl`]. [`Bucket::signed_url`] starts one; it is sent when it is awaited, or by
/// [`execute`](Self::execute).
#[derive(Debug)]
#[must_use = "a URL is made when this is awaited, or sent with `execute`"]
pub struct SignRequest<M: Mode = Async> {
    bucket: Bucket<M>,
    key: String,
    expires_in: Duration,
    download: Option<String>,
    transform: Option<Transform>,
}

impl<M: Mode> SignRequest<M> {
    pub(super) fn new(bucket: Bucket<M>, key: String, expires_in: Duration) -> Self {
        Self {
            bucket,
            key,
            expires_in,
            download: None,
            transform: None,
        }
    }

    /// Makes browsers save the object under its own name instead of showing it.
    pub fn download(self) -> Self {
        self.download_as("")
    }

    /// Makes browsers save the object under this name instead of showing it.
    pub fn download_as(mut self, name: impl Into<String>) -> Self {
        self.download = Some(name.into());
        self
    }

    /// Serves the image in another size or quality. The URL also opens the original. A key with `?` cannot be signed
    /// with a transform.
    pub fn transform(mut self, transform: Transform) -> Self {
        self.transform = Some(transform);
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// [`Error::Storage`] for a refusal, and when the object does not exist; [`Error::Configuration`] when `expires_in` is
    /// longer than the mint policy allows, or less than a second.
    pub fn execute(self) -> M::Answer<SignedUrl> {
        let core = Arc::clone(self.bucket.core());
        answer::<_, M>(&core, async move {
            let core = self.bucket.core();
            let name = &self.bucket.name;
            let seconds = whole_seconds(&core.settings().policy, self.expires_in)?;
            // The response to one key is an error that says why, where that to many has only `null`.
            let (token, prefix) = match self.transform {
                None => {
                    let token = sign_one(core, name, &self.key, seconds, None).await?;
                    (token, "object/sign/")
                }
                Some(transform) => {
                    transform.check()?;
                    let json = Some(transform.to_json());
                    let token = sign_one(core, name, &self.key, seconds, json).await?;
                    (token, "render/image/sign/")
                }
            };
            let mut target = object_target(prefix, name, &self.key)?;
            push_query(&mut target, "token", &token);
            if let Some(file) = &self.download {
                push_query(&mut target, "download", file);
            }
            Ok(SignedUrl::new(core, &target))
        })
    }
}

/// The lifetime of a signed URL in whole seconds, which the mint policy limits as it does that of tokens.
fn whole_seconds(policy: &MintPolicy, expires_in: Duration) -> Result<u64, ConfigurationError> {
    let refuse = |reason, remedy| Problem::new("expires_in", reason, remedy).into();
    if expires_in < Duration::from_secs(1) {
        return Err(refuse("is less than a second", "use whole seconds"));
    }
    if policy.limit_lifetime(expires_in) < expires_in {
        return Err(refuse(
            "is longer than allowed by the mint policy",
            "use a shorter lifetime",
        ));
    }
    Ok(expires_in.as_secs())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters<'a> {
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transform: Option<Value>,
}

#[derive(Deserialize)]
struct Signed {
    /// The local server of `testing` writes `signedUrl`.
    #[serde(rename = "signedURL", alias = "signedUrl")]
    signed_url: Option<String>,
    #[serde(default)]
    path: Option<String>,
}

impl Signed {
    fn token(&self) -> Option<String> {
        let url = self.signed_url.as_deref()?;
        let query = url.rsplit_once('?')?.1;
        let token = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("token="))?;
        is_token(token).then(|| token.to_owned())
    }
}

/// Whether a text has only the characters of a JWT, so that it adds nothing else to a URL.
pub(super) fn is_token(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter)
}

/// What `encodeURI` of JavaScript leaves as it is, beside letters and digits, without `?` and `#`.
///
/// The server signs the path as `decodeURI` reads it, which leaves the escapes of `;,/?:@&=+$#` in place, and compares
/// it with the decoded key. With those characters encoded it would refuse its own signature.
const LIKE_ENCODE_URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b';')
    .remove(b',')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b'/');

/// Asks for the token of one object.
async fn sign_one(
    core: &Core,
    bucket: &str,
    key: &str,
    seconds: u64,
    transform: Option<Value>,
) -> Result<String, Error> {
    check_key(key)?;
    // A bucket's name with such characters has the same trap as a key.
    let path = format!("{bucket}/{key}");
    if path.contains('?') {
        if transform.is_some() {
            return Err(ClientError::InvalidQuery {
                what: "a key with `?` cannot be signed with a transform".to_owned(),
                remedy: "move the object to a key without `?`, or leave the transform out",
            }
            .into());
        }
        // Only the form for many keys can sign it.
        let keys = [key.to_owned()];
        let signed = request_tokens(core, bucket, &keys, seconds).await?;
        return signed
            .into_iter()
            .next()
            .flatten()
            .ok_or_else(|| unexpected("a signed URL", "has no URL; is the object missing").into());
    }
    check_bucket(bucket)?;
    let path = utf8_percent_encode(&path, LIKE_ENCODE_URI);
    let body = Parameters {
        expires_in: seconds,
        paths: None,
        transform,
    };
    let request = json_request(Method::POST, format!("{ROOT}object/sign/{path}"), &body)?;
    let signed: Signed = core.send(&reading(request)).await?.json()?;
    signed
        .token()
        .ok_or_else(|| unexpected("a signed URL", "has no token").into())
}

/// How many keys one request may have.
const BATCH: usize = 1000;

/// Makes URLs for many keys, in their order.
pub(super) async fn sign_many(
    core: Arc<Core>,
    bucket: Arc<str>,
    keys: Vec<String>,
    expires_in: Duration,
) -> Result<Vec<Option<SignedUrl>>, Error> {
    let seconds = whole_seconds(&core.settings().policy, expires_in)?;
    for key in &keys {
        check_key(key)?;
    }
    let mut urls = Vec::with_capacity(keys.len());
    for batch in keys.chunks(BATCH) {
        let tokens = request_tokens(&core, &bucket, batch, seconds).await?;
        for (key, token) in batch.iter().zip(tokens) {
            urls.push(match token {
                None => None,
                Some(token) => {
                    let mut target = object_target("object/sign/", &bucket, key)?;
                    push_query(&mut target, "token", &token);
                    Some(SignedUrl::new(&core, &target))
                }
            });
        }
    }
    Ok(urls)
}

/// Asks for the tokens of many objects. The response has one entry for each key, in their order.
async fn request_tokens(
    core: &Core,
    bucket: &str,
    keys: &[String],
    seconds: u64,
) -> Result<Vec<Option<String>>, Error> {
    let body = Parameters {
        expires_in: seconds,
        paths: Some(keys),
        transform: None,
    };
    let target = bucket_target("object/sign/", bucket)?;
    let request = reading(json_request(Method::POST, target, &body)?);
    let signed: Vec<Signed> = core.send(&request).await?.json()?;
    let is_for = |(signed, key): (&Signed, &String)| signed.path.as_ref() == Some(key);
    if signed.len() != keys.len() || !signed.iter().zip(keys).all(is_for) {
        return Err(unexpected("signed URLs", "is not for the requested objects").into());
    }
    Ok(signed.iter().map(Signed::token).collect())
}

awaited!(SignRequest::execute -> SignedUrl);
