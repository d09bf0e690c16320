use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};

use super::{Async, Body, Core, name};
use crate::error::{ClientError, Error};
use crate::transport::{Outgoing, Response};

/// A request to any service of the project, as the client's user.
///
/// Requests that write to Auth are refused: with a minted token, `logout` would end the user's
/// sessions everywhere.
#[must_use = "a request does nothing until it is sent with `execute`"]
pub struct Request<M = Async> {
    core: Arc<Core>,
    /// The first mistake takes the request's place.
    outgoing: Result<Outgoing, ClientError>,
    mode: PhantomData<fn() -> M>,
}

impl<M> Request<M> {
    pub(super) fn new(core: Arc<Core>, method: &str, path: &str) -> Self {
        let outgoing = outgoing(method, path);
        Self {
            core,
            outgoing,
            mode: PhantomData,
        }
    }

    /// Adds a query parameter; both parts are encoded.
    pub fn query(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.change(|request| {
            request.parameter(name.as_ref(), value.as_ref());
            Ok(())
        })
    }

    /// Sets a header. `apikey` and `Authorization` are the client's own.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let header = name.as_ref();
        self.change(|request| {
            let refuse = |reason, remedy| name::invalid("header", header, reason, remedy);
            if ["apikey", "authorization", "host"]
                .iter()
                .any(|own| header.eq_ignore_ascii_case(own))
            {
                return Err(refuse("is set by the client", "leave it out"));
            }
            let key = HeaderName::from_bytes(header.as_bytes())
                .map_err(|_| refuse("is no header name", "use letters, digits and `-`"))?;
            let value = HeaderValue::from_str(value.as_ref())
                .map_err(|_| refuse("has a value that a header cannot carry", "use ASCII text"))?;
            request.headers.insert(key, value);
            Ok(())
        })
    }

    /// Sends this JSON.
    pub fn json(self, body: impl Into<Body>) -> Self {
        let body = body.into().into_json();
        self.change(|request| {
            request.body = body?.into();
            let json = HeaderValue::from_static("application/json");
            request.headers.insert("content-type", json);
            Ok(())
        })
    }

    /// Sends these bytes; say with [`header`](Self::header) what they are.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.change(|request| {
            request.body = body.into().into();
            Ok(())
        })
    }

    pub(crate) fn into_request(self) -> Result<(Arc<Core>, Outgoing), ClientError> {
        Ok((self.core, self.outgoing?))
    }

    fn change(mut self, step: impl FnOnce(&mut Outgoing) -> Result<(), ClientError>) -> Self {
        self.outgoing = self.outgoing.and_then(|mut request| {
            step(&mut request)?;
            Ok(request)
        });
        self
    }
}

impl Request {
    /// Sends the request.
    ///
    /// # Errors
    /// As [`Query::execute`](crate::Query::execute).
    pub async fn execute(self) -> Result<Response, Error> {
        let (core, request) = self.into_request()?;
        core.send(&request).await
    }
}

fn outgoing(method: &str, path: &str) -> Result<Outgoing, ClientError> {
    let refuse = |reason, remedy| name::invalid("path", path, reason, remedy);
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).map_err(|_| {
        name::invalid(
            "method",
            method,
            "is no HTTP method",
            "use `GET` or the like",
        )
    })?;
    let path = path.trim_start_matches('/');
    let reads = matches!(method, Method::GET | Method::HEAD);
    let service = path.split('/').next().unwrap_or_default();
    if service.eq_ignore_ascii_case("auth") && !reads {
        return Err(refuse(
            "writes to Auth, where a minted token would end or change the user's sessions",
            "use the Auth admin API with a secret key of your own",
        ));
    }
    let mut segments = Vec::new();
    for segment in path.split('/') {
        segments.push(name::segment("path", segment)?);
    }
    Ok(Outgoing::new(method, segments.join("/")))
}

impl<M> fmt::Debug for Request<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("user_id", self.core.user_id())
            .finish_non_exhaustive()
    }
}
