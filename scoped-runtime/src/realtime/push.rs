use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::outgoing::Outgoing;
use super::topic::Topic;
use crate::error::RealtimeError;

/// What a channel is asked to send.
#[derive(Debug)]
pub(super) enum Push {
    /// A broadcast of JSON.
    Json {
        event: String,
        payload: String,
    },
    /// A broadcast of bytes.
    Bytes {
        event: String,
        payload: Bytes,
    },
    /// What the client says of itself, as JSON.
    Track(String),
    Untrack,
}

/// Why nothing was sent, or was not accepted.
#[derive(Debug)]
pub(super) enum PushError {
    /// The channel is not joined at the moment. The push comes back.
    NotJoined(Push),
    Refused(RealtimeError),
}

/// Tells the caller the outcome of its push.
pub(super) struct PushReply {
    pub(super) sender: oneshot::Sender<Result<(), PushError>>,
    /// Bounds the pushes of one connection.
    pub(super) _permit: OwnedSemaphorePermit,
}

impl PushReply {
    pub(super) fn send(self, outcome: Result<(), PushError>) {
        // The caller may have gone.
        let _ = self.sender.send(outcome);
    }
}

impl Push {
    /// What it is, for errors.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Json { .. } | Self::Bytes { .. } => "a broadcast",
            Self::Track(_) => "tracking presence",
            Self::Untrack => "ending presence",
        }
    }

    pub(super) fn is_presence(&self) -> bool {
        matches!(self, Self::Track(_) | Self::Untrack)
    }

    pub(super) fn to_frame(
        &self,
        join_ref: u64,
        reference: u64,
        topic: &Topic,
    ) -> Option<Outgoing> {
        match self {
            Self::Json { event, payload } => Some(Outgoing::broadcast(
                join_ref, reference, topic, event, payload,
            )),
            Self::Bytes { event, payload } => {
                Outgoing::broadcast_bytes(join_ref, reference, topic, event, payload)
            }
            Self::Track(payload) => Some(Outgoing::presence(
                join_ref,
                reference,
                topic,
                Some(payload),
            )),
            Self::Untrack => Some(Outgoing::presence(join_ref, reference, topic, None)),
        }
    }
}
