use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{PostgrestBridge, TransportRequest};
use crate::error::ClientError;

/// Headers that frame a message or name its destination. The transport sets them itself, so those of a builder are
/// left out.
const TRANSPORT_HEADERS: [&str; 8] = [
    "connection",
    "content-length",
    "host",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl PostgrestBridge {
    /// Converts what a `postgrest` builder has built into a request of this library. The HTTP client of `postgrest`
    /// is an old version with open TLS advisories, and is never used to send.
    ///
    /// The `Range` header becomes the parameters `limit` and `offset`: PostgREST ignores the header on all methods
    /// except GET, so `delete().limit(1)` would delete every row that matches.
    pub(crate) fn request(
        &self,
        builder: postgrest::Builder,
    ) -> Result<TransportRequest, ClientError> {
        // `build` panics when the schema of the builder cannot be a header.
        let built = catch_unwind(AssertUnwindSafe(|| builder.build().build()))
            .map_err(|_| unusable("has a schema that a header cannot carry"))?
            .map_err(|_| unusable("has no valid URL"))?;

        let method = Method::from_bytes(built.method().as_str().as_bytes())
            .map_err(|_| unusable("has no valid method"))?;
        let mut headers = HeaderMap::with_capacity(built.headers().len() + 2);
        for (name, value) in built.headers() {
            if TRANSPORT_HEADERS.contains(&name.as_str()) {
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
        if !self.is_in_project(built.url()) {
            return Err(ClientError::InvalidName {
                kind: "builder",
                name: "postgrest::Builder".to_owned(),
                reason: "does not go to a table or function of this project, or names one that cannot be sent",
                remedy: "give it the URL `{SUPABASE_URL}/rest/v1/{table}`",
            });
        }
        let target = &built.url().as_str()[self.base_length..];
        let mut request = TransportRequest::new(method, target.to_owned());
        request.headers = headers;
        request.body = Bytes::copy_from_slice(body.unwrap_or_default());
        range_to_parameters(&mut request)?;
        Ok(request)
    }
}

fn range_to_parameters(request: &mut TransportRequest) -> Result<(), ClientError> {
    request.headers.remove("range-unit");
    let Some(range) = request.headers.remove("range") else {
        return Ok(());
    };
    let (low, high) = range
        .to_str()
        .ok()
        .and_then(|range| range.split_once('-'))
        .ok_or_else(|| unusable("has a `Range` that cannot be read"))?;
    let number = |text: &str| {
        let number = text.trim().parse::<u64>();
        number.map_err(|_| unusable("has a `Range` that cannot be read"))
    };
    let low = number(low)?;
    if !high.trim().is_empty() {
        // The builder's `limit(0)` wraps around to the greatest number in a release build.
        let high = Some(number(high)?).filter(|high| *high != u64::MAX);
        let count = high
            .and_then(|high| (high + 1).checked_sub(low))
            .unwrap_or(0);
        parameter(request, "limit", count);
        if count == 0 {
            return Ok(());
        }
    }
    if low > 0 {
        parameter(request, "offset", low);
    }
    Ok(())
}

fn parameter(request: &mut TransportRequest, name: &str, value: u64) {
    let separator = if request.target.contains('?') {
        '&'
    } else {
        '?'
    };
    let _: fmt::Result = write!(request.target, "{separator}{name}={value}");
}

fn unusable(reason: &'static str) -> ClientError {
    ClientError::InvalidName {
        kind: "builder",
        name: "postgrest::Builder".to_owned(),
        reason,
        remedy: "build it with `from` or `rpc` of a scoped client",
    }
}
