//! What channels send: written, answered, or given up.

use std::time::Duration;

use super::{Connection, Queued};
use crate::error::RealtimeError;
use crate::error::RealtimeErrorKind::{Limit, Permanent};
use crate::realtime::push::{Push, PushError, PushReply};
use crate::realtime::topic::Topic;

/// A push that the server will answer.
pub(super) struct PendingPush {
    pub(super) channel: u64,
    pub(super) push: &'static str,
    pub(super) is_track: bool,
    pub(super) deadline: Duration,
    pub(super) reply: Option<PushReply>,
}

/// How long a reply is awaited.
pub(super) const PUSH_TIMEOUT: Duration = Duration::from_secs(10);

impl Connection {
    pub(crate) fn push(&mut self, id: u64, push: Push, reply: PushReply, now: Duration) {
        let channel = self.channels.get_mut(&id);
        let joined = channel.and_then(|channel| Some((channel.open_ref()?, channel)));
        let Some((join_ref, channel)) = joined else {
            return reply.send(Err(PushError::NotJoined(push)));
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
            channel.tracked = match &push {
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

    pub(super) fn expire_pushes(&mut self, now: Duration) {
        for (_, pending) in self.pushes.extract_if(|_, pending| pending.deadline <= now) {
            let topic = self
                .channels
                .get(&pending.channel)
                .map(|it| it.topic.clone());
            if let Some(topic) = topic {
                let reason = "no reply within 10 s; a policy on `realtime.messages` may not let the user send";
                pending.refuse(&topic, reason);
            }
        }
    }

    pub(super) fn fail_pushes(&mut self, id: u64, error: &RealtimeError) {
        for (_, pending) in self.pushes.extract_if(|_, pending| pending.channel == id) {
            pending.fail(error.clone());
        }
    }
}

impl PendingPush {
    pub(super) fn succeed(self) {
        if let Some(reply) = self.reply {
            reply.send(Ok(()));
        }
    }

    pub(super) fn fail(self, error: RealtimeError) {
        if let Some(reply) = self.reply {
            reply.send(Err(PushError::Refused(error)));
        }
    }

    pub(super) fn refuse(self, topic: &Topic, reason: &str) {
        let error = RealtimeError::message(Permanent, self.push, topic.name(), reason);
        self.fail(error);
    }
}
