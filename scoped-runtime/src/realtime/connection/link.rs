//! The socket: made, lost, made again after a pause, and asked whether it lives.

use std::time::Duration;

use super::Connection;
use crate::clock::jittered;
use crate::error::RealtimeError;
use crate::error::RealtimeErrorKind::Permanent;
use crate::realtime::channel_state::Phase;
use crate::realtime::event_queue::Ending;
use crate::realtime::frame::Body;
use crate::realtime::outgoing::Outgoing;

/// What is known of the socket.
#[derive(Debug)]
pub(super) enum Link {
    Down {
        retry_at: Duration,
        failures: u32,
    },
    Connecting {
        failures: u32,
    },
    Open {
        since: Duration,
        failures: u32,
        /// When the last frame was written: only what the client sends keeps a connection.
        last_sent: Duration,
        heartbeat: Option<Heartbeat>,
    },
    /// The client is closed: no channel is taken any more.
    Closed,
}

#[derive(Debug)]
pub(super) struct Heartbeat {
    pub(super) reference: u64,
    pub(super) sent_at: Duration,
}

/// The server closes a connection on which the client sends nothing for a minute.
pub(super) const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(25);
pub(super) const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(20);
/// A connection that was open this long has recovered from its failures.
const STABLE: Duration = Duration::from_secs(30);
const RECONNECT_BASE: Duration = Duration::from_secs(2);
/// The longest pause between two attempts.
pub(super) const MAX_PAUSE: Duration = Duration::from_secs(60);

/// The pause before attempt `failures + 1`. The longest one doubles with each failure, from `base` to a minute; the pause
/// is between a tenth of that and the whole, so that the clients of a server that comes back do not come all at once.
pub(super) fn pause(base: Duration, failures: u32) -> Duration {
    let longest = base.saturating_mul(1 << failures.min(16)).min(MAX_PAUSE);
    jittered(longest / 10, longest)
}

impl Connection {
    pub(crate) fn opened(&mut self, now: Duration) {
        let failures = self.failures();
        self.link = Link::Open {
            since: now,
            failures,
            last_sent: now,
            heartbeat: None,
        };
        self.observed.opened();
    }

    pub(super) fn failures(&self) -> u32 {
        match self.link {
            Link::Down { failures, .. }
            | Link::Connecting { failures }
            | Link::Open { failures, .. } => failures,
            Link::Closed => 0,
        }
    }

    /// The connection could not be made.
    pub(crate) fn failed(&mut self, now: Duration, error: &RealtimeError) {
        self.observed.lost(error);
        let failures = self.failures();
        self.link = Link::Down {
            retry_at: now + pause(RECONNECT_BASE, failures),
            failures: failures.saturating_add(1),
        };
        // A caller that waits for the outcome decides whether to try again.
        let is_final = error.kind() == Permanent;
        for id in self.ids_where(|channel| is_final || channel.subscribing.is_some()) {
            self.end(id, Ending::Refused(error.clone()));
        }
    }

    /// The connection was lost.
    pub(crate) fn closed(&mut self, now: Duration, error: &RealtimeError) {
        self.observed.lost(error);
        let mut failures = self.failures();
        if matches!(self.link, Link::Open { since, .. } if now.saturating_sub(since) >= STABLE) {
            failures = 0;
        }
        self.link = Link::Down {
            retry_at: now + pause(RECONNECT_BASE, failures),
            failures: failures.saturating_add(1),
        };
        self.join_progress = None;
        self.outbox.clear();
        for pending in std::mem::take(&mut self.pushes).into_values() {
            pending.fail(error.clone());
        }
        for id in self.ids_where(|_| true) {
            let Some(channel) = self.channels.get_mut(&id) else {
                continue;
            };
            match channel.phase {
                Phase::Waiting { .. } => {}
                _ if channel.subscribing.is_some() => self.end(id, Ending::Refused(error.clone())),
                _ => channel.lost(now, Duration::ZERO, error),
            }
        }
    }

    /// A frame was written.
    pub(crate) fn written(&mut self, now: Duration) {
        if let Link::Open { last_sent, .. } = &mut self.link {
            *last_sent = now;
        }
    }

    pub(super) fn heartbeat_answered(&mut self, body: &Body) {
        if let (Link::Open { heartbeat, .. }, Body::Reply { reference, .. }) =
            (&mut self.link, body)
            && heartbeat
                .as_ref()
                .is_some_and(|sent| sent.reference == *reference)
        {
            *heartbeat = None;
        }
    }

    pub(super) fn beat(&mut self, now: Duration) {
        let reference = self.last_ref + 1;
        let is_joining = self.join_progress.is_some();
        let Link::Open {
            last_sent,
            heartbeat,
            ..
        } = &mut self.link
        else {
            return;
        };
        match heartbeat {
            // While a join is refused, the server answers nothing.
            Some(sent) if is_joining => sent.sent_at = now,
            Some(sent) => self.wants_disconnect |= now >= sent.sent_at + HEARTBEAT_TIMEOUT,
            None if now >= *last_sent + HEARTBEAT_INTERVAL => {
                *heartbeat = Some(Heartbeat {
                    reference,
                    sent_at: now,
                });
                self.last_ref = reference;
                self.send(Outgoing::heartbeat(reference));
            }
            None => {}
        }
    }
}
