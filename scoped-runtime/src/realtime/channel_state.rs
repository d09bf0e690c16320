//! What is known of one channel. Pure: messages and moments come in, events and a verdict go out.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::oneshot;

use super::channel_options::{ChannelOptions, MAX_REPLAY};
use super::event::{Broadcast, Event, Meta, Reconnected, System, TextBroadcast};
use super::event_queue::{Ending, EventQueue};
use super::frame::{Body, Payload, part_of};
use super::json_text::JsonText;
use super::moment::Moment;
use super::presence::PresenceState;
use super::refusal;
use super::row_change;
use super::topic::Topic;
use crate::error::{Error, RealtimeError, RealtimeErrorKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is joined when the connection is open, not before this moment.
    Waiting {
        not_before: Duration,
    },
    /// The join is queued, or was written and is not answered yet.
    Joining {
        join_ref: u64,
    },
    /// Joined; the server has still to subscribe to the changes in the database.
    Preparing {
        join_ref: u64,
        deadline: Duration,
    },
    Joined {
        join_ref: u64,
    },
}

/// What a message means for the channel as a whole.
#[derive(Debug)]
pub(super) enum Verdict {
    Unchanged,
    /// The server is subscribed to the changes in the database.
    Subscribed,
    /// The server does not send, or no longer sends, changes in the database.
    NotSubscribed(RealtimeError),
    /// The server has ended the channel.
    Ended(RealtimeError),
}

pub(super) struct Channel {
    pub(super) topic: Topic,
    pub(super) options: ChannelOptions,
    pub(super) queue: Arc<EventQueue>,
    pub(super) presence: Arc<Mutex<PresenceState>>,
    pub(super) phase: Phase,
    /// Waits for the outcome of the first join.
    pub(super) subscribing: Option<oneshot::Sender<Result<(), Error>>>,
    /// The number of the last token that the server got for this join.
    pub(super) token: u64,
    /// The number of the last token that the server refused.
    pub(super) refused_token: u64,
    /// Failures in a row, without a minute between them.
    pub(super) failures: u32,
    pub(super) token_refusals: u32,
    /// What is tracked, as JSON; tracked again after each join.
    pub(super) tracked: Option<String>,
    /// When presence was changed, since the last join.
    presence_calls: VecDeque<Duration>,
    /// The server's IDs of the kinds of changes, from the last join.
    bindings: Vec<u64>,
    /// What the server said was wrong, before it ends the channel.
    problem: Option<RealtimeError>,
    lost_at: Option<Duration>,
    joined_at: Duration,
    /// The IDs of the last messages of the database: what is replayed may have arrived already.
    seen: VecDeque<String>,
}

/// The server ends a channel whose presence changes more often than five times in 30 s.
const PRESENCE_CALLS: usize = 5;
const PRESENCE_WINDOW: Duration = Duration::from_secs(30);
/// How much earlier than the loss of the connection a replay begins: clocks differ.
const REPLAY_MARGIN: Duration = Duration::from_secs(10);
const SEEN: usize = 64;
/// A channel that was joined this long has recovered from its failures.
const STABLE: Duration = Duration::from_secs(60);

impl Channel {
    pub(super) fn new(
        topic: Topic,
        options: ChannelOptions,
        queue: Arc<EventQueue>,
        presence: Arc<Mutex<PresenceState>>,
        subscribing: oneshot::Sender<Result<(), Error>>,
    ) -> Self {
        Self {
            topic,
            options,
            queue,
            presence,
            phase: Phase::Waiting {
                not_before: Duration::ZERO,
            },
            subscribing: Some(subscribing),
            token: 0,
            refused_token: 0,
            failures: 0,
            token_refusals: 0,
            tracked: None,
            presence_calls: VecDeque::new(),
            bindings: Vec::new(),
            problem: None,
            lost_at: None,
            joined_at: Duration::ZERO,
            seen: VecDeque::new(),
        }
    }

    /// The reference of the join that is under way or in force.
    pub(super) fn join_ref(&self) -> Option<u64> {
        match self.phase {
            Phase::Waiting { .. } => None,
            Phase::Joining { join_ref }
            | Phase::Preparing { join_ref, .. }
            | Phase::Joined { join_ref } => Some(join_ref),
        }
    }

    /// The reference under which the channel can send.
    pub(super) fn open_ref(&self) -> Option<u64> {
        match self.phase {
            Phase::Preparing { join_ref, .. } | Phase::Joined { join_ref } => Some(join_ref),
            Phase::Waiting { .. } | Phase::Joining { .. } => None,
        }
    }

    /// What the next join asks to be replayed: what the user asked for at first, and what the database has sent since
    /// the channel was lost.
    pub(super) fn replay(&self, now: Moment) -> Option<(u64, u8)> {
        match self.lost_at {
            None => self.options.replay,
            Some(lost_at) if self.options.is_private => {
                let ago = now.monotonic.saturating_sub(lost_at) + REPLAY_MARGIN;
                Some((now.millis_before(ago), MAX_REPLAY))
            }
            Some(_) => None,
        }
    }

    /// The server has accepted the join. Returns whether nothing more has to be waited for.
    pub(super) fn accepted(&mut self, response: &JsonText, now: Duration) -> bool {
        #[derive(Deserialize)]
        struct Response {
            #[serde(default)]
            postgres_changes: Vec<Binding>,
        }
        #[derive(Deserialize)]
        struct Binding {
            id: u64,
        }
        let response = serde_json::from_str::<Response>(response.as_str()).ok();
        let bindings = response.map(|response| response.postgres_changes);
        let bindings = bindings.unwrap_or_default().into_iter();
        self.bindings = bindings.map(|binding| binding.id).collect();
        self.problem = None;
        self.presence_calls.clear();
        self.joined_at = now;
        self.options.changes.is_empty()
    }

    /// All that was asked for is there. Tells the reader, unless it was the first join.
    pub(super) fn ready(&mut self, now: Duration) {
        if let Some(subscribing) = self.subscribing.take() {
            let _ = subscribing.send(Ok(()));
        }
        if let Some(lost_at) = self.lost_at.take() {
            self.queue.push(Event::Reconnected(Reconnected {
                after: now.saturating_sub(lost_at),
                is_replayed: self.options.is_private,
            }));
        }
    }

    /// The channel is not joined any more. The reader is told, once for each join that was lost.
    pub(super) fn lost(&mut self, now: Duration, not_before: Duration, error: &RealtimeError) {
        let was_joined = self.open_ref().is_some();
        if was_joined && now.saturating_sub(self.joined_at) >= STABLE {
            self.failures = 0;
            self.token_refusals = 0;
        }
        self.phase = Phase::Waiting { not_before };
        self.lock_presence().reset();
        if self.lost_at.is_none() && self.subscribing.is_none() {
            self.lost_at = Some(now);
        }
        if self.subscribing.is_none() {
            self.queue.push(Event::Interrupted(error.clone()));
        }
    }

    /// Ends the channel for good.
    pub(super) fn end(self, ending: Ending) {
        match self.subscribing {
            Some(subscribing) => {
                let error = ending.to_error();
                let _ = subscribing.send(error.map_or(Ok(()), Err));
                self.queue.end(Ending::Told);
            }
            None => self.queue.end(ending),
        }
    }

    /// Whether presence may be changed now without the server ending the channel.
    pub(super) fn may_change_presence(&mut self, now: Duration) -> bool {
        let is_over = |at: &Duration| now.saturating_sub(*at) > PRESENCE_WINDOW;
        while self.presence_calls.front().is_some_and(is_over) {
            self.presence_calls.pop_front();
        }
        let may = self.presence_calls.len() < PRESENCE_CALLS;
        if may {
            self.presence_calls.push_back(now);
        }
        may
    }

    /// Takes a message that is not a reply. `is_of_join` says whether the server names the join: it does so in what it
    /// replays as text, and not in what it passes on from other clients.
    pub(super) fn receive(&mut self, body: Body, is_of_join: bool) -> Verdict {
        match body {
            Body::Reply { .. } => Verdict::Unchanged,
            Body::Broadcast {
                event,
                meta,
                payload,
            } => {
                self.broadcast(event, Meta::read(meta.as_ref()), payload);
                Verdict::Unchanged
            }
            Body::Event { name, payload } => self.event(&name, &payload, is_of_join),
        }
    }

    fn event(&mut self, name: &str, payload: &JsonText, is_of_join: bool) -> Verdict {
        match name {
            "broadcast" => {
                let text = serde_json::from_slice::<TextBroadcast<'_>>(payload.bytes());
                if let Ok(TextBroadcast {
                    event,
                    payload: content,
                    meta,
                }) = text
                {
                    let content = match content {
                        Some(content) => part_of(payload.bytes(), content),
                        None => JsonText::new("null".into()),
                    };
                    // Other clients may add any member to what they broadcast.
                    let meta = meta.filter(|_| is_of_join).unwrap_or_default();
                    self.broadcast(event, meta, Payload::Json(content));
                }
            }
            "postgres_changes" => {
                if let Some(event) = row_change::read(payload, &self.bindings) {
                    self.queue.push(event);
                }
            }
            "presence_state" | "presence_diff" if self.options.presence_key.is_some() => {
                let mut presence = self.lock_presence();
                let events = if name == "presence_state" {
                    presence.apply_state(payload)
                } else {
                    presence.apply_diff(payload)
                };
                drop(presence);
                for event in events {
                    self.queue.push(event);
                }
            }
            "system" => return self.system(payload),
            "phx_close" => {
                let problem = self.problem.take();
                return Verdict::Ended(
                    problem.unwrap_or_else(|| self.problem("the server closed the channel")),
                );
            }
            "phx_error" => {
                return Verdict::Ended(self.problem("the channel crashed on the server"));
            }
            _ => {}
        }
        Verdict::Unchanged
    }

    fn problem(&self, reason: &str) -> RealtimeError {
        let kind = RealtimeErrorKind::Transient;
        RealtimeError::channel(kind, self.topic.name(), None, reason)
    }

    fn system(&mut self, payload: &JsonText) -> Verdict {
        let Ok(system) = serde_json::from_str::<System>(payload.as_str()) else {
            return Verdict::Unchanged;
        };
        let is_of_changes = system.extension == "postgres_changes";
        let verdict = match &*system.status {
            "error" if is_of_changes => {
                Verdict::NotSubscribed(refusal::read(&self.topic, &system.message))
            }
            "error" => {
                self.problem = Some(refusal::read(&self.topic, &system.message));
                Verdict::Unchanged
            }
            _ if is_of_changes => Verdict::Subscribed,
            _ => Verdict::Unchanged,
        };
        self.queue.push(Event::System(system));
        verdict
    }

    fn broadcast(&mut self, event: String, meta: Meta, payload: Payload) {
        let Meta { id, replayed } = meta;
        if let Some(id) = &id {
            if self.seen.contains(id) {
                return;
            }
            if self.seen.len() == SEEN {
                self.seen.pop_front();
            }
            self.seen.push_back(id.clone());
        }
        self.queue.push(Event::Broadcast(Broadcast {
            event,
            payload,
            id,
            is_replayed: replayed,
        }));
    }

    fn lock_presence(&self) -> std::sync::MutexGuard<'_, PresenceState> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
