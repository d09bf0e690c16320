//! What is known of a connection and its channels. Pure: frames, commands and moments come in, frames and wishes go
//! out. Only the driver reads and writes.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use super::channel_state::{Channel, Phase, Verdict};
use super::ending::Ending;
use super::frame::{Body, Incoming};
use super::json_text::JsonText;
use super::moment::{Moment, pause};
use super::outgoing::Outgoing;
use super::push::{Push, PushError, PushReply};
use super::refusal;
use super::topic::Topic;
use crate::error::RealtimeErrorKind::{Limit, NewToken, Permanent, Transient};
use crate::error::{RealtimeError, TokenError};

/// The state of one connection to Realtime.
pub(super) struct Connection {
    pub(super) channels: BTreeMap<u64, Channel>,
    topics: HashMap<Topic, u64>,
    pushes: BTreeMap<u64, PendingPush>,
    link: Link,
    /// The frames to write, in order.
    pub(super) outbox: VecDeque<Queued>,
    /// The number of the current token; 0 before the first.
    token: u64,
    last_ref: u64,
    /// When the join that the server works on was written, or the one before it was answered.
    join_progress: Option<Duration>,
    /// Set when the driver has to make a connection.
    pub(super) wants_connect: bool,
    /// Set when the driver has to drop the connection.
    pub(super) wants_disconnect: bool,
    /// Set when the server has refused the current token.
    pub(super) wants_fresh_token: bool,
}

/// A frame to write, and who waits for it.
pub(super) struct Queued {
    pub(super) frame: Outgoing,
    pub(super) written: Option<PushReply>,
}

struct PendingPush {
    channel: u64,
    push: &'static str,
    is_track: bool,
    deadline: Duration,
    reply: Option<PushReply>,
}

#[derive(Debug)]
enum Link {
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
}

#[derive(Debug)]
struct Heartbeat {
    reference: u64,
    sent_at: Duration,
}

/// The server closes a connection on which the client sends nothing for a minute.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(25);
const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(20);
/// A refused join takes 5 s, a policy that hangs 20 s.
const JOIN_TIMEOUT: Duration = Duration::from_secs(30);
/// The server gives up its replication after 60 s.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(65);
const PUSH_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that was open this long has recovered from its failures.
const STABLE: Duration = Duration::from_secs(30);
const RECONNECT_BASE: Duration = Duration::from_secs(2);
const REJOIN_BASE: Duration = Duration::from_secs(1);
/// A refused join stops the whole connection for 5 s.
const REFUSED_BASE: Duration = Duration::from_secs(10);
/// How many fresh tokens in a row the server may refuse.
const MAX_TOKEN_REFUSALS: u32 = 2;
/// The most frames, and bytes of frames, that wait to be written before no further push is taken.
const MAX_QUEUED: usize = 256;
const MAX_QUEUED_BYTES: usize = 8 << 20;

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            channels: BTreeMap::new(),
            topics: HashMap::new(),
            pushes: BTreeMap::new(),
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
    pub(super) fn has_room(&self) -> bool {
        let bytes = || self.outbox.iter().map(|queued| queued.frame.size()).sum::<usize>();
        self.outbox.len() < MAX_QUEUED && bytes() < MAX_QUEUED_BYTES
    }

    // Commands

    pub(super) fn subscribe(&mut self, id: u64, channel: Channel) {
        if self.topics.contains_key(&channel.topic) {
            let reason = "this client has a subscription of this name already";
            let error = RealtimeError::channel(Permanent, channel.topic.name(), None, reason);
            return channel.end(Ending::Refused(error));
        }
        self.topics.insert(channel.topic.clone(), id);
        self.channels.insert(id, channel);
    }

    pub(super) fn leave(&mut self, id: u64) {
        let Some(channel) = self.remove(id) else {
            return;
        };
        if let (Some(join_ref), Link::Open { .. }) = (channel.join_ref(), &self.link) {
            let reference = self.next_ref();
            self.send(Outgoing::leave(join_ref, reference, &channel.topic));
        }
        channel.end(Ending::Told);
    }

    pub(super) fn push(&mut self, id: u64, push: &Push, reply: PushReply, now: Duration) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return reply.send(Err(PushError::NotJoined));
        };
        let Some(join_ref) = channel.open_ref() else {
            return reply.send(Err(PushError::NotJoined));
        };
        let topic = channel.topic.clone();
        let refuse = |kind, reason| {
            let error = RealtimeError::message(kind, push.name(), topic.name(), reason);
            Err(PushError::Refused(error))
        };
        if push.is_presence() {
            if !channel.may_change_presence(now) {
                let reason = "the server allows five changes of presence in 30 s";
                return reply.send(refuse(Limit, reason));
            }
            channel.tracked = match push {
                Push::Track(payload) => Some(payload.clone()),
                _ => None,
            };
        }
        let is_answered = push.is_presence() || channel.options.acknowledges;
        let reference = self.next_ref();
        let Some(frame) = push.to_frame(join_ref, reference, &topic) else {
            let reason = "the name of the event has more than 255 bytes";
            return reply.send(refuse(Permanent, reason));
        };
        let mut reply = Some(reply);
        if is_answered {
            let pending = PendingPush {
                channel: id,
                push: push.name(),
                is_track: matches!(push, Push::Track(_)),
                deadline: now + PUSH_TIMEOUT,
                reply: reply.take(),
            };
            self.pushes.insert(reference, pending);
        }
        let written = reply;
        self.outbox.push_back(Queued { frame, written });
    }

    // What happens to the connection

    pub(super) fn opened(&mut self, now: Duration) {
        let failures = self.failures();
        self.link = Link::Open {
            since: now,
            failures,
            last_sent: now,
            heartbeat: None,
        };
    }

    fn failures(&self) -> u32 {
        match self.link {
            Link::Down { failures, .. }
            | Link::Connecting { failures }
            | Link::Open { failures, .. } => failures,
        }
    }

    /// The connection could not be made.
    pub(super) fn failed(&mut self, now: Duration, error: &RealtimeError) {
        if error.kind() == Permanent {
            return self.end_all(&Ending::Refused(error.clone()));
        }
        // A caller that waits for the outcome decides whether to try again.
        let waiting = |(id, channel): (&u64, &Channel)| channel.subscribing.is_some().then_some(*id);
        let waiting: Vec<u64> = self.channels.iter().filter_map(waiting).collect();
        for id in waiting {
            self.end(id, Ending::Refused(error.clone()));
        }
        let failures = self.failures();
        self.link = Link::Down {
            retry_at: now + pause(RECONNECT_BASE, failures),
            failures: failures.saturating_add(1),
        };
    }

    /// The connection was lost.
    pub(super) fn closed(&mut self, now: Duration, error: &RealtimeError) {
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
        let ids: Vec<u64> = self.channels.keys().copied().collect();
        for id in ids {
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
    pub(super) fn written(&mut self, now: Duration) {
        if let Link::Open { last_sent, .. } = &mut self.link {
            *last_sent = now;
        }
    }

    /// The token with this number was written for a channel.
    pub(super) fn token_written(&mut self, id: u64, number: u64, now: Duration) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.token = number;
            if matches!(channel.phase, Phase::Joining { .. }) {
                self.join_progress.get_or_insert(now);
            }
        }
    }

    /// There is a new token. Every channel gets it.
    pub(super) fn token_changed(&mut self, number: u64) {
        self.token = number;
        let outdated = |(id, channel): (&u64, &Channel)| {
            let join_ref = channel.open_ref()?;
            (channel.token < number).then_some((*id, join_ref))
        };
        let outdated: Vec<_> = self.channels.iter().filter_map(outdated).collect();
        for (id, join_ref) in outdated {
            self.send_token(id, join_ref);
        }
    }

    fn send_token(&mut self, id: u64, join_ref: u64) {
        let reference = self.next_ref();
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.token = self.token;
            let frame = Outgoing::access_token(id, join_ref, reference, &channel.topic);
            self.send(frame);
        }
    }

    /// No token can be had for now: callers that wait for their first join are told.
    pub(super) fn token_failed(&mut self, error: &TokenError) {
        let waiting = |(id, channel): (&u64, &Channel)| channel.subscribing.is_some().then_some(*id);
        let waiting: Vec<u64> = self.channels.iter().filter_map(waiting).collect();
        for id in waiting {
            self.end(id, Ending::Token(error.clone()));
        }
    }

    /// There is no token in place of the refused one.
    pub(super) fn no_fresh_token(&mut self, error: &TokenError) {
        let number = self.token;
        let refused = |(id, channel): (&u64, &Channel)| (channel.refused_token >= number).then_some(*id);
        let refused: Vec<u64> = self.channels.iter().filter_map(refused).collect();
        for id in refused {
            self.end(id, Ending::Token(error.clone()));
        }
    }

    pub(super) fn end_all(&mut self, ending: &Ending) {
        for id in self.channels.keys().copied().collect::<Vec<_>>() {
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
        self.fail_pushes(id, &gone(&channel.topic));
        if !self.channels.values().any(is_joining) {
            self.join_progress = None;
        }
        Some(channel)
    }

    fn fail_pushes(&mut self, id: u64, error: &RealtimeError) {
        for (_, pending) in self.pushes.extract_if(.., |_, pending| pending.channel == id) {
            pending.fail(error.clone());
        }
    }

    // Messages

    pub(super) fn receive(&mut self, message: Incoming, now: Moment) {
        let Incoming {
            join_ref,
            topic,
            body,
        } = message;
        if topic == "phoenix" {
            return self.heartbeat_answered(&body);
        }
        let Some(&id) = self.topics.get(topic.as_str()) else {
            return;
        };
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        // A message of an earlier join, such as the end of the channel that this one replaced.
        if channel.join_ref().is_none() || join_ref.is_some_and(|it| channel.join_ref() != Some(it)) {
            return;
        }
        if let Body::Reply {
            reference,
            is_ok,
            response,
        } = body
        {
            return self.reply(id, reference, is_ok, &response, now.monotonic);
        }
        if matches!(channel.phase, Phase::Joining { .. }) {
            return;
        }
        let verdict = channel.receive(body);
        self.judge(id, verdict, now.monotonic);
    }

    fn heartbeat_answered(&mut self, body: &Body) {
        if let (Link::Open { heartbeat, .. }, Body::Reply { reference, .. }) = (&mut self.link, body)
            && heartbeat.as_ref().is_some_and(|sent| sent.reference == *reference)
        {
            *heartbeat = None;
        }
    }

    fn reply(&mut self, id: u64, reference: u64, is_ok: bool, response: &JsonText, now: Duration) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.phase == (Phase::Joining { join_ref: reference }) {
            if is_ok {
                self.joined(id, reference, response, now);
            } else {
                let error = refusal::of_response(&channel.topic, response);
                self.lost(id, &error, REFUSED_BASE, now);
            }
            self.next_join(now);
        } else if let Some(pending) = self.pushes.remove(&reference) {
            if is_ok {
                return pending.succeed();
            }
            let error = refusal::of_response(&channel.topic, response);
            if error.reason() == "unmatched topic" {
                pending.fail(error.clone());
                return self.lost(id, &error, REJOIN_BASE, now);
            }
            if pending.is_track {
                channel.tracked = None;
            }
            pending.refuse(&channel.topic, error.reason());
        }
    }

    fn joined(&mut self, id: u64, join_ref: u64, response: &JsonText, now: Duration) {
        let current = self.token;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let is_ready = channel.accepted(response, now);
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
    fn track_again(&mut self, id: u64, join_ref: u64, now: Duration) {
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

    fn judge(&mut self, id: u64, verdict: Verdict, now: Duration) {
        match verdict {
            Verdict::Unchanged => {}
            Verdict::Subscribed => {
                if let Some(channel) = self.channels.get_mut(&id)
                    && let Phase::Preparing { join_ref, .. } = channel.phase
                {
                    channel.phase = Phase::Joined { join_ref };
                    channel.ready(now);
                }
            }
            Verdict::NotSubscribed(error) => {
                let channel = self.channels.get(&id);
                let left = channel.and_then(|it| Some((it.join_ref()?, it.topic.clone())));
                if let Some((join_ref, topic)) = left {
                    let reference = self.next_ref();
                    self.send(Outgoing::leave(join_ref, reference, &topic));
                }
                self.lost(id, &error, REFUSED_BASE, now);
            }
            Verdict::Ended(error) => self.lost(id, &error, REJOIN_BASE, now),
        }
    }

    /// A channel was refused or has ended while the connection goes on.
    fn lost(&mut self, id: u64, error: &RealtimeError, base: Duration, now: Duration) {
        self.fail_pushes(id, error);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
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

    // Time

    /// Does what is due.
    pub(super) fn tick(&mut self, now: Moment) {
        let moment = now.monotonic;
        match self.link {
            Link::Down { retry_at, failures } => {
                if retry_at <= moment && !self.channels.is_empty() && self.token > 0 {
                    self.link = Link::Connecting { failures };
                    self.wants_connect = true;
                }
            }
            Link::Connecting { .. } => {}
            Link::Open { .. } => {
                self.join_due(now);
                self.expire_joins(moment);
                self.expire_pushes(moment);
                self.beat(moment);
            }
        }
    }

    fn join_due(&mut self, now: Moment) {
        let token = self.token;
        let due = |(id, channel): (&u64, &Channel)| match channel.phase {
            Phase::Waiting { not_before } if not_before <= now.monotonic => {
                (channel.refused_token < token).then_some(*id)
            }
            _ => None,
        };
        let due: Vec<u64> = self.channels.iter().filter_map(due).collect();
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

    /// A join was answered: the time of the next one begins.
    fn next_join(&mut self, now: Duration) {
        let has_more = self.channels.values().any(|it| is_joining(it) && it.token > 0);
        self.join_progress = has_more.then_some(now);
    }

    fn expire_joins(&mut self, now: Duration) {
        if self.join_progress.is_some_and(|since| now >= since + JOIN_TIMEOUT) {
            let first = |(id, it): (&u64, &Channel)| (is_joining(it) && it.token > 0).then_some(*id);
            if let Some(id) = self.channels.iter().find_map(first) {
                self.give_up(id, "the server did not answer the join within 30 s", now);
            }
            self.next_join(now);
        }
        let late = |(id, channel): (&u64, &Channel)| match channel.phase {
            Phase::Preparing { deadline, .. } => (deadline <= now).then_some(*id),
            _ => None,
        };
        let late: Vec<u64> = self.channels.iter().filter_map(late).collect();
        for id in late {
            let reason = "the server did not subscribe to the changes within 65 s";
            self.give_up(id, reason, now);
        }
    }

    /// Leaves a channel that the server does not answer for.
    fn give_up(&mut self, id: u64, reason: &str, now: Duration) {
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

    fn expire_pushes(&mut self, now: Duration) {
        for (_, pending) in self.pushes.extract_if(.., |_, pending| pending.deadline <= now) {
            let topic = self.channels.get(&pending.channel).map(|it| it.topic.clone());
            if let Some(topic) = topic {
                let reason = "no reply within 10 s; a policy on `realtime.messages` may not let the user send";
                pending.refuse(&topic, reason);
            }
        }
    }

    fn beat(&mut self, now: Duration) {
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
            Some(sent) if now >= sent.sent_at + HEARTBEAT_TIMEOUT => self.wants_disconnect = true,
            Some(_) => {}
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

    /// The next moment at which something is due.
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let mut next = None;
        let mut add = |moment: Duration| next = Some(next.map_or(moment, |it: Duration| it.min(moment)));
        match &self.link {
            Link::Down { retry_at, .. } if !self.channels.is_empty() && self.token > 0 => {
                add(*retry_at);
            }
            Link::Down { .. } | Link::Connecting { .. } => {}
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
                self.pushes.values().for_each(|pending| add(pending.deadline));
            }
        }
        next
    }
}

impl PendingPush {
    fn succeed(self) {
        if let Some(reply) = self.reply {
            reply.send(Ok(()));
        }
    }

    fn fail(self, error: RealtimeError) {
        if let Some(reply) = self.reply {
            reply.send(Err(PushError::Refused(error)));
        }
    }

    fn refuse(self, topic: &Topic, reason: &str) {
        let error = RealtimeError::message(Permanent, self.push, topic.name(), reason);
        self.fail(error);
    }
}

fn is_joining(channel: &Channel) -> bool {
    matches!(channel.phase, Phase::Joining { .. })
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
