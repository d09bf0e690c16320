//! The tokens of the channels, by their numbers. The tokens themselves are added when a frame is written.

use std::time::Duration;

use super::Connection;
use crate::error::TokenError;
use crate::realtime::channel_state::{Channel, Phase};
use crate::realtime::event_queue::Ending;
use crate::realtime::outgoing::Outgoing;

impl Connection {
    /// The token with this number was written for a channel.
    pub(crate) fn token_written(&mut self, id: u64, number: u64, now: Duration) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.token = number;
            if matches!(channel.phase, Phase::Joining { .. }) {
                self.join_progress.get_or_insert(now);
            }
        }
    }

    /// There is a new token. Every channel gets it.
    pub(crate) fn token_changed(&mut self, number: u64) {
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

    pub(super) fn send_token(&mut self, id: u64, join_ref: u64) {
        let reference = self.next_ref();
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.token = self.token;
            let frame = Outgoing::access_token(id, join_ref, reference, &channel.topic);
            self.send(frame);
        }
    }

    /// No token can be had for now: callers that wait for their first join are told.
    pub(crate) fn token_failed(&mut self, error: &TokenError) {
        for id in self.ids_where(|channel| channel.subscribing.is_some()) {
            self.end(id, Ending::Token(error.clone()));
        }
    }

    /// There is no token in place of the refused one.
    pub(crate) fn no_fresh_token(&mut self, error: &TokenError) {
        let number = self.token;
        for id in self.ids_where(|channel| channel.refused_token >= number) {
            self.end(id, Ending::Token(error.clone()));
        }
    }
}
