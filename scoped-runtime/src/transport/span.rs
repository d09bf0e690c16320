//! One span a request, by OpenTelemetry's names. It holds no query, since that has the filters' values,
//! and no header.

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use http::{HeaderMap, HeaderValue};
    use tracing::field::Empty;
    use tracing::{Instrument, Level, Span};

    use super::super::{Outgoing, Transport};
    use crate::error::{ClientError, Error};

    pub(in super::super) struct RequestSpan(Span);

    impl RequestSpan {
        pub(in super::super) fn begin(transport: &Transport, request: &Outgoing) -> Self {
            let origin = &transport.connector.origin;
            let path = request.target.split('?').next().unwrap_or_default();
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

        /// The header that hands the trace on (W3C Trace Context).
        pub(in super::super) fn hand_on(&self, transport: &Transport, headers: &mut HeaderMap) {
            let parent = transport.connector.connections.traceparent.as_ref();
            let parent = parent.and_then(|parent| parent.of(&self.0));
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

        pub(in super::super) fn resent(&self, tries: u32) {
            self.0.record("http.request.resend_count", tries);
        }

        pub(in super::super) fn end(&self, outcome: Result<u16, &Error>) {
            match outcome {
                Ok(status) => {
                    self.0.record("http.response.status_code", status);
                    tracing::debug!(target: "scoped_runtime::http", parent: &self.0, "answered");
                }
                Err(error) => {
                    if let Error::Api(error) = error {
                        self.0.record("http.response.status_code", error.status());
                    }
                    self.0.record("otel.status_code", "ERROR");
                    self.0.record("error.type", kind(error));
                    tracing::debug!(target: "scoped_runtime::http", parent: &self.0, "failed");
                }
            }
        }
    }

    /// The class of an error, without anything of this one.
    fn kind(error: &Error) -> &'static str {
        match error {
            Error::Api(_) => "api",
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

    use super::super::{Outgoing, Transport};
    use crate::error::Error;

    /// Without the feature `tracing`.
    pub(in super::super) struct RequestSpan;

    #[expect(clippy::unused_self, reason = "the other one has something to do")]
    impl RequestSpan {
        pub(in super::super) fn begin(_: &Transport, _: &Outgoing) -> Self {
            Self
        }

        pub(in super::super) fn hand_on(&self, _: &Transport, _: &mut HeaderMap) {}

        pub(in super::super) fn run<T>(
            &self,
            work: impl Future<Output = T>,
        ) -> impl Future<Output = T> {
            work
        }

        pub(in super::super) fn resent(&self, _: u32) {}

        pub(in super::super) fn end(&self, _: Result<u16, &Error>) {}
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) use off::RequestSpan;
#[cfg(feature = "tracing")]
pub(super) use on::RequestSpan;
