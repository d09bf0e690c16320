//! What a message of the server does to a channel.

use super::{Channel, SEEN};
use crate::error::{RealtimeError, RealtimeErrorKind};
use crate::realtime::event::{Broadcast, Event, Meta, System, TextBroadcast};
use crate::realtime::frame::{Body, Payload, part_of};
use crate::realtime::json_text::JsonText;
use crate::realtime::refusal;
use crate::realtime::row_change;

/// What a message means for the channel as a whole.
#[derive(Debug)]
pub(in crate::realtime) enum Verdict {
    Unchanged,
    /// The server is subscribed to the changes in the database.
    Subscribed,
    /// The server does not send, or no longer sends, changes in the database.
    NotSubscribed(RealtimeError),
    /// The server has ended the channel.
    Ended(RealtimeError),
}

impl Channel {
    /// Takes a message that is not a reply. `is_of_join` says whether the server names the join: it does so in what it
    /// replays as text, and not in what it passes on from other clients.
    pub(in crate::realtime) fn receive(&mut self, body: Body, is_of_join: bool) -> Verdict {
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
}
