//! Messages of the server, and the channels that they belong to.

use std::time::Duration;

use super::Connection;
use super::joins::{REFUSED_BASE, REJOIN_BASE};
use crate::clock::ClockReading;
use crate::realtime::channel_state::{Phase, Verdict};
use crate::realtime::frame::{Body, Incoming};
use crate::realtime::json_text::JsonText;
use crate::realtime::outgoing::Outgoing;
use crate::realtime::refusal;

impl Connection {
    pub(crate) fn receive(&mut self, message: Incoming, now: ClockReading) {
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
        if channel.join_ref().is_none() || join_ref.is_some_and(|it| channel.join_ref() != Some(it))
        {
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
        let verdict = channel.receive(body, join_ref.is_some());
        self.judge(id, verdict, now.monotonic);
    }

    pub(super) fn reply(
        &mut self,
        id: u64,
        reference: u64,
        is_ok: bool,
        response: &JsonText,
        now: Duration,
    ) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.phase
            == (Phase::Joining {
                join_ref: reference,
            })
        {
            if is_ok {
                self.joined(id, reference, response, now);
            } else {
                let error = refusal::of_response(&channel.topic, response);
                self.observed.refused(&error);
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

    pub(super) fn judge(&mut self, id: u64, verdict: Verdict, now: Duration) {
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
}
