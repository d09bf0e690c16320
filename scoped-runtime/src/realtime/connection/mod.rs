//! What is known of a connection and its channels. Pure: frames, commands and moments come in, frames and wishes go
//! out. Only the driver reads and writes.

mod joins;
mod link;
mod messages;
mod pushes;
mod renewal;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use self::joins::{JOIN_TIMEOUT, is_joining};
use self::link::{HEARTBEAT_INTERVAL, HEARTBEAT_TIMEOUT, Link};
use self::pushes::PendingPush;
use super::channel_state::{Channel, Phase};
use super::event_queue::Ending;
use super::observed::Observed;
use super::outgoing::Outgoing;
use super::push::PushReply;
use super::topic::Topic;
use crate::clock::ClockReading;
use crate::error::RealtimeError;
use crate::error::RealtimeErrorKind::Permanent;

/// The state of one connection to Realtime.
pub(crate) struct Connection {
    pub(crate) channels: BTreeMap<u64, Channel>,
    topics: HashMap<Topic, u64>,
    pushes: HashMap<u64, PendingPush>,
    link: Link,
    /// The frames to write, in order.
    pub(crate) outbox: VecDeque<Queued>,
    /// The number of the current token; 0 before the first.
    token: u64,
    last_ref: u64,
    /// When the join that the server works on was written, or the one before it was answered.
    join_progress: Option<Duration>,
    /// Set when the driver has to make a connection.
    pub(crate) wants_connect: bool,
    /// Set when the driver has to drop the connection.
    pub(crate) wants_disconnect: bool,
    /// Set when the server has refused the current token.
    pub(crate) wants_fresh_token: bool,
    observed: Observed,
}

/// A frame to write, and the caller that waits until it is written.
pub(crate) struct Queued {
    pub(crate) frame: Outgoing,
    pub(crate) written: Option<PushReply>,
}

/// The most frames, and bytes of frames, that wait to be written before no further push is taken.
const MAX_QUEUED: usize = 256;
const MAX_QUEUED_BYTES: usize = 8 << 20;

impl Connection {
    pub(crate) fn new(observed: Observed) -> Self {
        Self {
            channels: BTreeMap::new(),
            topics: HashMap::new(),
            pushes: HashMap::new(),
            link: Link::Down {
                retry_at: Duration::ZERO,
                failures: 0,
            },
            outbox: VecDeque::new(),
            token: 0,
            last_ref: 0,
            join_progress: None,
            wants_connect: false,
            wants_disconnect: false,
            wants_fresh_token: false,
            observed,
        }
    }

    fn next_ref(&mut self) -> u64 {
        self.last_ref += 1;
        self.last_ref
    }

    fn send(&mut self, frame: Outgoing) {
        let written = None;
        self.outbox.push_back(Queued { frame, written });
    }

    /// Whether further pushes are taken.
    pub(crate) fn has_room(&self) -> bool {
        let bytes = || {
            self.outbox
                .iter()
                .map(|queued| queued.frame.size())
                .sum::<usize>()
        };
        self.outbox.len() < MAX_QUEUED && bytes() < MAX_QUEUED_BYTES
    }

    pub(crate) fn subscribe(&mut self, id: u64, channel: Channel) {
        if matches!(self.link, Link::Closed) {
            return channel.end(Ending::Closed);
        }
        if self.topics.contains_key(&channel.topic) {
            let reason = "this client has a subscription of this name already";
            let error = RealtimeError::channel(Permanent, channel.topic.name(), None, reason);
            return channel.end(Ending::Refused(error));
        }
        self.topics.insert(channel.topic.clone(), id);
        self.channels.insert(id, channel);
    }

    pub(crate) fn leave(&mut self, id: u64) {
        let Some(channel) = self.remove(id) else {
            return;
        };
        if let (Some(join_ref), Link::Open { .. }) = (channel.written_ref(), &self.link) {
            let reference = self.next_ref();
            self.send(Outgoing::leave(join_ref, reference, &channel.topic));
        }
        channel.end(Ending::Told);
    }

    /// The client is closed: all channels end, and so do those that are subscribed to from now on.
    pub(crate) fn close(&mut self) {
        self.link = Link::Closed;
        self.end_all(&Ending::Closed);
    }

    pub(crate) fn end_all(&mut self, ending: &Ending) {
        for id in self.ids_where(|_| true) {
            self.end(id, ending.clone());
        }
    }

    fn end(&mut self, id: u64, ending: Ending) {
        if let Some(channel) = self.remove(id) {
            channel.end(ending);
        }
    }

    fn remove(&mut self, id: u64) -> Option<Channel> {
        let channel = self.channels.remove(&id)?;
        self.topics.remove(&channel.topic);
        // Without a token, such a frame would keep the connection open for a channel that is gone.
        self.outbox.retain(|queued| !queued.frame.is_token_of(id));
        self.fail_pushes(id, &gone(&channel.topic));
        if !self.channels.values().any(is_joining) {
            self.join_progress = None;
        }
        Some(channel)
    }

    /// Whether a join is written and not answered yet.
    pub(crate) fn is_joining(&self) -> bool {
        self.join_progress.is_some()
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: ClockReading) {
        let moment = now.monotonic;
        match self.link {
            Link::Down { retry_at, failures } => {
                if retry_at <= moment && !self.channels.is_empty() && self.token > 0 {
                    self.link = Link::Connecting { failures };
                    self.observed.connecting();
                    self.wants_connect = true;
                }
            }
            Link::Connecting { .. } | Link::Closed => {}
            Link::Open { .. } => {
                self.join_due(now);
                self.expire_joins(moment);
                self.expire_pushes(moment);
                self.beat(moment);
            }
        }
    }

    /// The next moment at which something is due.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        let mut next = None;
        let mut add =
            |moment: Duration| next = Some(next.map_or(moment, |it: Duration| it.min(moment)));
        match &self.link {
            Link::Down { retry_at, .. } if !self.channels.is_empty() && self.token > 0 => {
                add(*retry_at);
            }
            Link::Down { .. } | Link::Connecting { .. } | Link::Closed => {}
            Link::Open {
                last_sent,
                heartbeat,
                ..
            } => {
                match (heartbeat, self.join_progress) {
                    (None, _) => add(*last_sent + HEARTBEAT_INTERVAL),
                    (Some(sent), None) => add(sent.sent_at + HEARTBEAT_TIMEOUT),
                    (Some(_), Some(_)) => {}
                }
                if let Some(since) = self.join_progress {
                    add(since + JOIN_TIMEOUT);
                }
                for channel in self.channels.values() {
                    match channel.phase {
                        Phase::Waiting { not_before } if channel.refused_token < self.token => {
                            add(not_before);
                        }
                        Phase::Preparing { deadline, .. } => add(deadline),
                        _ => {}
                    }
                }
                self.pushes
                    .values()
                    .for_each(|pending| add(pending.deadline));
            }
        }
        next
    }

    fn ids_where(&self, is_it: impl Fn(&Channel) -> bool) -> Vec<u64> {
        let found = self.channels.iter().filter(|(_, channel)| is_it(channel));
        found.map(|(id, _)| *id).collect()
    }
}

fn gone(topic: &Topic) -> RealtimeError {
    RealtimeError::channel(Permanent, topic.name(), None, "the channel has ended")
}

impl Drop for Connection {
    /// Nothing drives the channels any more.
    fn drop(&mut self) {
        self.end_all(&Ending::NoRuntime);
    }
}
