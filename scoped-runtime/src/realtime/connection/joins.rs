//! Channels: joined, refused, lost, joined again.

use std::time::Duration;

use super::Connection;
use super::link::pause;
use super::pushes::{PUSH_TIMEOUT, PendingPush};
use crate::clock::ClockReading;
use crate::error::RealtimeError;
use crate::error::RealtimeErrorKind::{Limit, NewToken, Permanent, Transient};
use crate::realtime::channel_state::{Channel, Phase};
use crate::realtime::event_queue::Ending;
use crate::realtime::json_text::JsonText;
use crate::realtime::outgoing::Outgoing;

/// A refused join takes 5 s, a policy that hangs 20 s.
pub(super) const JOIN_TIMEOUT: Duration = Duration::from_secs(30);
/// The server gives up its replication after 60 s.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(65);
/// The pause before a channel is joined again that the server ended.
pub(super) const REJOIN_BASE: Duration = Duration::from_secs(1);
/// The pause after a refused join, which stops the whole connection for 5 s.
pub(super) const REFUSED_BASE: Duration = Duration::from_secs(10);
/// How many fresh tokens in a row the server may refuse.
const MAX_TOKEN_REFUSALS: u32 = 2;

impl Connection {
    pub(super) fn join_due(&mut self, now: ClockReading) {
        let token = self.token;
        let is_due = |channel: &Channel| match channel.phase {
            Phase::Waiting { not_before } => {
                not_before <= now.monotonic && channel.refused_token < token
            }
            _ => false,
        };
        let mut due = self.ids_where(is_due);
        // Nothing else is done while a join is refused, so those that may be refused come last.
        due.sort_by_key(|id| {
            self.channels
                .get(id)
                .map(|it| (it.failures, it.options.is_private))
        });
        for id in due {
            let join_ref = self.next_ref();
            if let Some(channel) = self.channels.get_mut(&id) {
                channel.phase = Phase::Joining { join_ref };
                channel.token = 0;
                let config = channel.options.config(channel.replay(now));
                let frame = Outgoing::join(id, join_ref, &channel.topic, &config);
                self.send(frame);
            }
        }
    }

    pub(super) fn joined(&mut self, id: u64, join_ref: u64, response: &JsonText, now: Duration) {
        let current = self.token;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let is_ready = channel.accepted(response, now);
        self.observed.joined(channel.options.is_private);
        channel.phase = if is_ready {
            Phase::Joined { join_ref }
        } else {
            let deadline = now + PREPARE_TIMEOUT;
            Phase::Preparing { join_ref, deadline }
        };
        let is_outdated = channel.token < current;
        if is_ready {
            channel.ready(now);
        }
        if is_outdated {
            self.send_token(id, join_ref);
        }
        self.track_again(id, join_ref, now);
    }

    /// Presence ends with the join; what was tracked before is tracked in the new one.
    pub(super) fn track_again(&mut self, id: u64, join_ref: u64, now: Duration) {
        let reference = self.next_ref();
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(tracked) = channel.tracked.clone() else {
            return;
        };
        channel.may_change_presence(now);
        let frame = Outgoing::presence(join_ref, reference, &channel.topic, Some(&tracked));
        let pending = PendingPush {
            channel: id,
            push: "tracking presence",
            is_track: true,
            deadline: now + PUSH_TIMEOUT,
            reply: None,
        };
        self.pushes.insert(reference, pending);
        self.send(frame);
    }

    /// A join was answered: the time of the next one begins.
    pub(super) fn next_join(&mut self, now: Duration) {
        let has_more = self
            .channels
            .values()
            .any(|it| is_joining(it) && it.token > 0);
        self.join_progress = has_more.then_some(now);
    }

    pub(super) fn expire_joins(&mut self, now: Duration) {
        if self
            .join_progress
            .is_some_and(|since| now >= since + JOIN_TIMEOUT)
        {
            let written = self.channels.iter();
            let written = written.filter(|(_, it)| is_joining(it) && it.token > 0);
            let first = written
                .min_by_key(|(_, it)| it.join_ref())
                .map(|(id, _)| *id);
            if let Some(id) = first {
                self.give_up(id, "the server did not answer the join within 30 s", now);
            }
            self.next_join(now);
        }
        let is_late = |channel: &Channel| matches!(channel.phase, Phase::Preparing { deadline, .. } if deadline <= now);
        for id in self.ids_where(is_late) {
            let reason = "the server did not subscribe to the changes within 65 s";
            self.give_up(id, reason, now);
        }
    }

    /// Leaves a channel that the server does not answer for.
    pub(super) fn give_up(&mut self, id: u64, reason: &str, now: Duration) {
        let reference = self.next_ref();
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let error = RealtimeError::channel(Transient, channel.topic.name(), None, reason);
        if let Some(join_ref) = channel.join_ref() {
            let frame = Outgoing::leave(join_ref, reference, &channel.topic);
            self.send(frame);
        }
        self.lost(id, &error, REFUSED_BASE, now);
    }

    /// A channel was refused or has ended while the connection goes on.
    pub(super) fn lost(&mut self, id: u64, error: &RealtimeError, base: Duration, now: Duration) {
        self.fail_pushes(id, error);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.open_ref().is_some() {
            self.observed.ended(error);
        }
        let is_first = channel.subscribing.is_some();
        let is_refused_token = error.kind() == NewToken;
        // A first join is tried again only if its token ended on the way.
        let may_retry = match error.kind() {
            NewToken if is_first => channel.token_refusals == 0,
            NewToken => channel.token_refusals < MAX_TOKEN_REFUSALS,
            Permanent => false,
            _ => !is_first,
        };
        if !may_retry {
            return self.end(id, Ending::Refused(error.clone()));
        }
        let base = match error.kind() {
            Limit => REFUSED_BASE,
            NewToken => REJOIN_BASE,
            _ => base,
        };
        channel.lost(now, now + pause(base, channel.failures), error);
        channel.failures = channel.failures.saturating_add(1);
        if error.reason().contains("Track message size exceeded") {
            channel.tracked = None;
        }
        if is_refused_token {
            channel.token_refusals += 1;
            channel.refused_token = channel.token;
            self.wants_fresh_token |= channel.token >= self.token;
        }
    }
}

pub(super) fn is_joining(channel: &Channel) -> bool {
    matches!(channel.phase, Phase::Joining { .. })
}
