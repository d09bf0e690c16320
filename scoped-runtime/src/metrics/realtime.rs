use super::{
    REALTIME_CONNECTIONS, REALTIME_DROPPED_EVENTS, REALTIME_RECONNECTS, REALTIME_REFUSED_JOINS,
    count,
};

/// Counts one connection to Realtime while it exists.
pub(crate) struct OpenConnection(());

impl OpenConnection {
    pub(crate) fn begin() -> Self {
        change(REALTIME_CONNECTIONS, 1.0);
        Self(())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        change(REALTIME_CONNECTIONS, -1.0);
    }
}

pub(crate) fn realtime_reconnected() {
    count(REALTIME_RECONNECTS, &[]);
}

pub(crate) fn realtime_join_refused(kind: &'static str) {
    count(REALTIME_REFUSED_JOINS, &[("kind", kind)]);
}

pub(crate) fn realtime_event_dropped() {
    count(REALTIME_DROPPED_EVENTS, &[]);
}

#[cfg(feature = "metrics")]
fn change(name: &'static str, by: f64) {
    ::metrics::gauge!(name).increment(by);
}

#[cfg(not(feature = "metrics"))]
fn change(_: &'static str, _: f64) {}
