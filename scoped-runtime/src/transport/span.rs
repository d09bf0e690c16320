//! One `tracing` span for each request, with the attribute names of OpenTelemetry's HTTP conventions. It
//! contains no query string, which holds the values of filters, and no header.

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use http::{HeaderMap, HeaderValue};
    use tracing::field::Empty;
    use tracing::{Instrument, Level, Span};

    use super::super::{Transport, TransportRequest};
    use crate::error::{ClientError, Error};

    pub(in super::super) struct RequestSpan(Span);

    impl RequestSpan {
        pub(in super::super) fn begin(transport: &Transport, request: &TransportRequest) -> Self {
            let origin = &transport.connector.origin;
            let path = request.target.split('?').next().unwrap_or_default();
            let path = request.logged_path.unwrap_or(path);
            Self(tracing::span!(
                target: "scoped_runtime::http",
                Level::INFO,
                "request",
                otel.name = request.method.as_str(),
                otel.kind = "client",
                otel.status_code = Empty,
                http.request.method = request.method.as_str(),
                http.request.resend_count = Empty,
                http.response.status_code = Empty,
                server.address = %origin.host,
                server.port = origin.port,
                url.path = path,
                error.type = Empty,
            ))
        }

        /// Adds the `traceparent` header (W3C Trace Context).
        pub(in super::super) fn inject_traceparent(
            &self,
            transport: &Transport,
            headers: &mut HeaderMap,
        ) {
            let parent = transport.connector.connections.traceparent.as_ref();
            let parent = parent.and_then(|parent| parent.format(&self.0));
            if let Some(Ok(parent)) = parent.map(HeaderValue::try_from) {
                headers.insert("traceparent", parent);
            }
        }

        pub(in super::super) fn run<T>(
            &self,
            work: impl Future<Output = T>,
        ) -> impl Future<Output = T> {
            work.instrument(self.0.clone())
        }

        pub(in super::super) fn record_retry(&self, retries: u32) {
            self.0.record("http.request.resend_count", retries);
        }

        pub(in super::super) fn end(&self, outcome: Result<u16, &Error>) {
            match outcome {
                Ok(status) => {
                    self.0.record("http.response.status_code", status);
                    tracing::debug!(target: "scoped_runtime::http", parent: &self.0, "answered");
                }
                Err(error) => {
                    if let Some(status) = error.response_status() {
                        self.0.record("http.response.status_code", status);
                    }
                    self.0.record("otel.status_code", "ERROR");
                    self.0.record("error.type", error_class(error));
                    tracing::debug!(target: "scoped_runtime::http", parent: &self.0, "failed");
                }
            }
        }
    }

    /// The class of an error for `error.type`.
    fn error_class(error: &Error) -> &'static str {
        match error {
            error if error.response_status().is_some() => "api",
            Error::Token(_) => "token",
            Error::Client(ClientError::Closed) => "closed",
            Error::Client(ClientError::Timeout { .. }) => "timeout",
            Error::Client(ClientError::Transport { .. }) => "connection",
            Error::Client(ClientError::LimitExceeded { .. }) => "limit",
            _ => "_OTHER",
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;

    use http::HeaderMap;

    use super::super::{Transport, TransportRequest};
    use crate::error::Error;

    /// Does nothing, without the feature `tracing`.
    pub(in super::super) struct RequestSpan;

    #[expect(
        clippy::unused_self,
        reason = "the methods are those of the module `on`"
    )]
    impl RequestSpan {
        pub(in super::super) fn begin(_: &Transport, _: &TransportRequest) -> Self {
            Self
        }

        pub(in super::super) fn inject_traceparent(&self, _: &Transport, _: &mut HeaderMap) {}

        pub(in super::super) fn run<T>(
            &self,
            work: impl Future<Output = T>,
        ) -> impl Future<Output = T> {
            work
        }

        pub(in super::super) fn record_retry(&self, _: u32) {}

        pub(in super::super) fn end(&self, _: Result<u16, &Error>) {}
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) use off::RequestSpan;
#[cfg(feature = "tracing")]
pub(super) use on::RequestSpan;
