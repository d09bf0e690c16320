use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::error::ClientError;

/// A request that is complete but for the API key and the token.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Headers that decide where a message goes or ends: the transport's, whatever a builder says.
const OURS: [&str; 8] = [
    "connection",
    "content-length",
    "host",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Outgoing {
    /// Takes over what `postgrest` built. Its own HTTP client is of an older generation with TLS
    /// advisories, and is never used to send.
    ///
    /// `Range` becomes `limit` and `offset`: PostgREST ignores the header on all methods but GET, so
    /// `delete().limit(1)` would delete every row that matches.
    pub(crate) fn from_native(builder: postgrest::Builder) -> Result<Self, ClientError> {
        // `build` unwraps when the schema, which only the builder knows, cannot be a header.
        let built = catch_unwind(AssertUnwindSafe(|| builder.build().build()))
            .map_err(|_| unusable("has a schema that a header cannot carry"))?
            .map_err(|_| unusable("has no valid URL"))?;

        let method = Method::from_bytes(built.method().as_str().as_bytes())
            .map_err(|_| unusable("has no valid method"))?;
        let mut headers = HeaderMap::with_capacity(built.headers().len() + 2);
        for (name, value) in built.headers() {
            if OURS.contains(&name.as_str()) {
                continue;
            }
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
            let (Ok(name), Ok(value)) = (name, value) else {
                return Err(unusable("has a header that cannot be sent"));
            };
            headers.append(name, value);
        }
        let body = built.body().and_then(|body| body.as_bytes());
        let mut outgoing = Self {
            method,
            url: built.url().clone(),
            headers,
            body: Bytes::copy_from_slice(body.unwrap_or_default()),
        };
        outgoing.range_to_parameters();
        Ok(outgoing)
    }

    fn range_to_parameters(&mut self) {
        self.headers.remove("range-unit");
        let Some(range) = self.headers.remove("range") else {
            return;
        };
        let bounds = range.to_str().ok().and_then(|range| {
            let (low, high) = range.split_once('-')?;
            Some((low.parse::<u64>().ok()?, high.parse::<u64>().ok()?))
        });
        if let Some((low, high)) = bounds {
            let mut query = self.url.query_pairs_mut();
            query.append_pair(
                "limit",
                &high.saturating_sub(low).saturating_add(1).to_string(),
            );
            if low > 0 {
                query.append_pair("offset", &low.to_string());
            }
        }
    }
}

fn unusable(reason: &'static str) -> ClientError {
    ClientError::InvalidName {
        kind: "builder",
        name: "postgrest::Builder".to_owned(),
        reason,
        remedy: "build it with `from` or `rpc` of a scoped client",
    }
}
