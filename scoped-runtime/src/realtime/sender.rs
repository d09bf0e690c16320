use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use super::hub::Hub;
use super::presence::Presence;
use super::presence_state::PresenceState;
use super::push::{Push, PushError};
use super::rest_broadcast;
use super::topic::Topic;
use crate::client::{Async, Core, Mode};
use crate::error::RealtimeErrorKind::{Permanent, Transient};
use crate::error::{ClientError, Error, RealtimeError};

/// Sends on a channel: [`Subscription::sender`](super::Subscription::sender) returns it. It is cheap to clone, so one
/// task can send while another reads the events.
pub struct ChannelSender<M: Mode = Async> {
    pub(super) shared: Arc<Shared>,
    pub(super) mode: PhantomData<fn() -> M>,
}

/// What the senders of one channel share.
pub(super) struct Shared {
    pub(super) core: Arc<Core>,
    pub(super) hub: Arc<Hub>,
    pub(super) id: u64,
    pub(super) topic: Topic,
    pub(super) is_private: bool,
    pub(super) has_presence: bool,
    pub(super) presence: Arc<Mutex<PresenceState>>,
}

/// The largest payload, in bytes. The project's own limit is 3 MB unless it was changed; a frame of more than 5 MB ends
/// the connection, for all channels.
const MAX_PAYLOAD: usize = 4 << 20;
/// The longest name of an event, in bytes.
const MAX_EVENT: usize = 255;

impl<M: Mode> ChannelSender<M> {
    /// Who is present, as far as the server has told. It needs [`presence`](super::ChannelBuilder::presence), and is
    /// complete from the first [`Event::Sync`](super::Event::Sync) on.
    #[must_use]
    pub fn present(&self) -> Vec<Presence> {
        let presence = self.shared.presence.lock();
        presence.unwrap_or_else(PoisonError::into_inner).list()
    }
}

impl ChannelSender {
    /// Broadcasts a value as JSON to all who have joined the channel.
    ///
    /// With acknowledgement ([`broadcast`](super::ChannelBuilder::broadcast)) it waits until the server has sent the
    /// message on; without, until it is written. The server never answers a broadcast that a policy refuses, so that
    /// is an error after 10 s with acknowledgement, and unnoticed without.
    ///
    /// While the channel is not joined, the message goes over HTTP, whose answer says when a policy refuses it. There
    /// the value has to be an object.
    ///
    /// # Errors
    /// [`Error::Realtime`] when the server or a limit refuses it or the connection is lost; [`ClientError::Body`] when
    /// the value is not JSON; [`ClientError::ReadOnly`]; [`Error::Token`] and [`ClientError::Closed`].
    pub async fn send(
        &self,
        event: impl Into<String>,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        let push = json_push(event.into(), payload)?;
        self.shared.push(push).await
    }

    /// Broadcasts bytes. Clients of the protocol 1.0.0 do not get them.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub async fn send_bytes(
        &self,
        event: impl Into<String>,
        payload: impl Into<Bytes>,
    ) -> Result<(), Error> {
        let push = bytes_push(event.into(), payload.into())?;
        self.shared.push(push).await
    }

    /// Says something of this client, an object, which all who are present get as
    /// [`Event::Join`](super::Event::Join). A second call replaces the first. It is said again whenever the channel is
    /// joined again.
    ///
    /// The server allows five changes in 30 s on each channel.
    ///
    /// # Errors
    /// [`Error::Realtime`] when a policy or a limit refuses it, the channel is not joined at the moment, or it was
    /// subscribed without [`presence`](super::ChannelBuilder::presence).
    pub async fn track(&self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let push = Push::Track(to_json(value)?);
        self.shared.push(push).await
    }

    /// Ends the presence of this client.
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub async fn untrack(&self) -> Result<(), Error> {
        self.shared.push(Push::Untrack).await
    }
}

/// With feature `blocking`.
#[cfg(feature = "blocking")]
impl ChannelSender<crate::client::Blocking> {
    /// Broadcasts a value as JSON; see `send` of [`ChannelSender`].
    ///
    /// # Errors
    /// The same errors, and [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn send(
        &self,
        event: impl Into<String>,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        let push = json_push(event.into(), payload)?;
        self.shared.core.wait(self.shared.push(push))
    }

    /// Broadcasts bytes; see `send_bytes` of [`ChannelSender`].
    ///
    /// # Errors
    /// The errors of `send`.
    pub fn send_bytes(
        &self,
        event: impl Into<String>,
        payload: impl Into<Bytes>,
    ) -> Result<(), Error> {
        let push = bytes_push(event.into(), payload.into())?;
        self.shared.core.wait(self.shared.push(push))
    }

    /// Says something of this client; see `track` of [`ChannelSender`].
    ///
    /// # Errors
    /// The errors of `track`, and [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn track(&self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let push = Push::Track(to_json(value)?);
        self.shared.core.wait(self.shared.push(push))
    }

    /// Ends the presence of this client.
    ///
    /// # Errors
    /// The errors of `track`.
    pub fn untrack(&self) -> Result<(), Error> {
        self.shared.core.wait(self.shared.push(Push::Untrack))
    }
}

impl Shared {
    async fn push(&self, push: Push) -> Result<(), Error> {
        let name = push.name();
        self.core.check_open()?;
        self.core.check_method(&Method::POST, name)?;
        let refuse = |kind, reason| {
            Err(RealtimeError::message(kind, name, self.topic.name(), reason).into())
        };
        if push.is_presence() && !self.has_presence {
            let reason = "the channel was subscribed without `presence(key)`";
            return refuse(Permanent, reason);
        }
        match self.hub.push(self.id, self.topic.name(), push).await {
            Ok(()) => Ok(()),
            Err(PushError::Refused(error)) => Err(error.into()),
            Err(PushError::NotJoined(push)) if push.is_presence() => {
                refuse(Transient, "the channel is not joined at the moment")
            }
            Err(PushError::NotJoined(push)) => {
                rest_broadcast::send(&self.core, &self.topic, self.is_private, push).await
            }
        }
    }
}

pub(super) fn json_push(event: String, payload: &(impl Serialize + ?Sized)) -> Result<Push, Error> {
    check_event(&event)?;
    let payload = to_json(payload)?;
    Ok(Push::Json { event, payload })
}

pub(super) fn bytes_push(event: String, payload: Bytes) -> Result<Push, Error> {
    check_event(&event)?;
    check_size(payload.len())?;
    Ok(Push::Bytes { event, payload })
}

fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let json = serde_json::to_string(value).map_err(|error| ClientError::Body {
        source: Arc::new(error),
    })?;
    check_size(json.len())?;
    Ok(json)
}

fn check_size(bytes: usize) -> Result<(), ClientError> {
    if bytes <= MAX_PAYLOAD {
        return Ok(());
    }
    Err(ClientError::InvalidQuery {
        what: format!(
            "the payload of a broadcast has {bytes} bytes, over the limit of {MAX_PAYLOAD}"
        ),
        remedy: "upload it, and broadcast where it is",
    })
}

fn check_event(event: &str) -> Result<(), ClientError> {
    let what = if event.is_empty() {
        "the event of a broadcast has no name".to_owned()
    } else if event.len() > MAX_EVENT {
        format!("the name of an event has more than {MAX_EVENT} bytes")
    } else {
        return Ok(());
    };
    let remedy = "name the event with a short word";
    Err(ClientError::InvalidQuery { what, remedy })
}

impl<M: Mode> Clone for ChannelSender<M> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            mode: PhantomData,
        }
    }
}

impl<M: Mode> fmt::Debug for ChannelSender<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelSender")
            .field("user_id", &self.shared.core.user_id())
            .field("channel", &self.shared.topic.name())
            .finish_non_exhaustive()
    }
}
