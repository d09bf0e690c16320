//! What is known of one channel. Pure: messages and moments come in, events and a verdict go out.

mod receiving;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;
use tokio::sync::oneshot;

use super::channel_options::{ChannelOptions, MAX_REPLAY, millis_since_1970};
use super::event::{Event, Reconnected};
use super::event_queue::{Ending, EventQueue};
use super::json_text::JsonText;
use super::presence_state::PresenceState;
use super::topic::Topic;
use crate::clock::ClockReading;
use crate::error::{Error, RealtimeError};

pub(super) use self::receiving::Verdict;

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
/// How many IDs of messages of the database are remembered.
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

    /// The reference of the join, if the server has got it.
    pub(super) fn written_ref(&self) -> Option<u64> {
        self.join_ref().filter(|_| self.token > 0)
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
    pub(super) fn replay(&self, now: ClockReading) -> Option<(u64, u8)> {
        match self.lost_at {
            None => self.options.replay,
            Some(lost_at) if self.options.is_private => {
                let ago = now.monotonic.saturating_sub(lost_at) + REPLAY_MARGIN;
                let since = now.wall.checked_sub(ago).unwrap_or(UNIX_EPOCH);
                Some((millis_since_1970(since), MAX_REPLAY))
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

    fn lock_presence(&self) -> std::sync::MutexGuard<'_, PresenceState> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
