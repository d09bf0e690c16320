//! What operators see of a connection: metrics, and one `tracing` span from the attempt to its end, with the attribute names
//! of OpenTelemetry's HTTP conventions. No topic, payload, filter or token is in them, and no text of the server.

use crate::error::{RealtimeError, RealtimeErrorKind};
use crate::metrics;

/// Observes one connection after the other.
#[derive(Default)]
pub(super) struct Observed {
    /// Where the connection is made; empty in tests without one.
    url: String,
    was_open: bool,
    span: ConnectionSpan,
}

impl Observed {
    pub(super) fn new(origin: &str) -> Self {
        Self {
            url: format!("{origin}/realtime/v1/websocket"),
            ..Self::default()
        }
    }

    /// An attempt to connect begins.
    pub(super) fn connecting(&mut self) {
        self.span = ConnectionSpan::begin(&self.url);
    }

    pub(super) fn opened(&mut self) {
        if std::mem::replace(&mut self.was_open, true) {
            metrics::realtime_reconnected();
        }
        self.span.opened();
    }

    /// The attempt failed, or the connection was lost.
    pub(super) fn lost(&mut self, error: &RealtimeError) {
        // The span ends with its last event.
        let span = std::mem::take(&mut self.span);
        span.lost(error.status(), kind_name(error.kind()));
    }

    pub(super) fn joined(&self, is_private: bool) {
        self.span.joined(is_private);
    }

    /// The server refused to join a channel.
    pub(super) fn refused(&self, error: &RealtimeError) {
        count_refusal(error);
        self.span.refused(kind_name(error.kind()));
    }

    /// A channel that was joined has ended, and the connection goes on.
    pub(super) fn ended(&self, error: &RealtimeError) {
        self.span.ended(kind_name(error.kind()));
    }
}

/// Counts a refused join.
pub(super) fn count_refusal(error: &RealtimeError) {
    metrics::realtime_join_refused(kind_name(error.kind()));
}

fn kind_name(kind: RealtimeErrorKind) -> &'static str {
    match kind {
        RealtimeErrorKind::NewToken => "new_token",
        RealtimeErrorKind::Permanent => "permanent",
        RealtimeErrorKind::Limit => "limit",
        RealtimeErrorKind::Transient => "transient",
    }
}

#[cfg(feature = "tracing")]
mod on {
    use tracing::field::Empty;
    use tracing::{Level, Span, debug, span};

    /// The span of one attempt and of the connection that came of it.
    pub(super) struct ConnectionSpan(Span);

    impl Default for ConnectionSpan {
        fn default() -> Self {
            Self(Span::none())
        }
    }

    impl ConnectionSpan {
        pub(super) fn begin(url: &str) -> Self {
            Self(span!(
                target: "scoped_runtime::realtime",
                parent: None,
                Level::INFO,
                "realtime",
                otel.name = "realtime connection",
                otel.kind = "client",
                otel.status_code = Empty,
                url.full = url,
                http.response.status_code = Empty,
                error.type = Empty,
            ))
        }

        pub(super) fn opened(&self) {
            self.0.record("http.response.status_code", 101);
            debug!(target: "scoped_runtime::realtime", parent: &self.0, "opened");
        }

        pub(super) fn lost(&self, status: Option<u16>, kind: &'static str) {
            if let Some(status) = status {
                self.0.record("http.response.status_code", status);
            }
            self.0.record("otel.status_code", "ERROR");
            self.0.record("error.type", kind);
            debug!(target: "scoped_runtime::realtime", parent: &self.0, "lost");
        }

        pub(super) fn joined(&self, is_private: bool) {
            debug!(target: "scoped_runtime::realtime", parent: &self.0, is_private, "joined");
        }

        pub(super) fn refused(&self, kind: &'static str) {
            debug!(target: "scoped_runtime::realtime", parent: &self.0, kind, "join refused");
        }

        pub(super) fn ended(&self, kind: &'static str) {
            debug!(target: "scoped_runtime::realtime", parent: &self.0, kind, "channel ended");
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    /// Does nothing, without the feature `tracing`.
    #[derive(Default)]
    pub(super) struct ConnectionSpan;

    #[expect(
        clippy::unused_self,
        reason = "the methods are those of the module `on`"
    )]
    impl ConnectionSpan {
        pub(super) fn begin(_: &str) -> Self {
            Self
        }

        pub(super) fn opened(&self) {}

        pub(super) fn lost(&self, _: Option<u16>, _: &'static str) {}

        pub(super) fn joined(&self, _: bool) {}

        pub(super) fn refused(&self, _: &'static str) {}

        pub(super) fn ended(&self, _: &'static str) {}
    }
}

#[cfg(not(feature = "tracing"))]
use off::ConnectionSpan;
#[cfg(feature = "tracing")]
use on::ConnectionSpan;
