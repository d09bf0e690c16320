use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::frame::Payload;
use super::json_text::JsonText;
use super::presence::Presence;
use super::row_change::{Delete, Insert, Update};
use crate::error::RealtimeErrorKind::Permanent;
use crate::error::{Error, RealtimeError};

/// What happens on a channel. A [`Subscription`](super::Subscription) is a stream of events.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A message of another client, of the database, or of this client if it asked for its own.
    Broadcast(Broadcast),
    /// A row was inserted that the user may read.
    Insert(Insert),
    /// A row was changed that the user may read.
    Update(Update),
    /// A row was deleted. The server tells every subscriber, whatever the policies say.
    Delete(Delete),
    /// A client is present, or says something new about itself: then its [`Leave`](Self::Leave) follows.
    Join(Presence),
    /// A client is no longer present, or what it said about itself is out of date.
    Leave(Presence),
    /// All who are present are known; [`Subscription::present`](super::Subscription::present) lists them. Sent after
    /// each join of the channel.
    Sync,
    /// A message of the server about the channel.
    System(System),
    /// The channel is not joined for now, and this is why: the connection was lost, the server ended the channel or
    /// refused its token. It is joined again by itself, then [`Reconnected`](Self::Reconnected) follows.
    Interrupted(RealtimeError),
    /// The channel is joined again.
    Reconnected(Reconnected),
    /// The reader was too slow, and this many events were dropped here: the queue of the channel was full. What is in
    /// [`present`](super::Subscription::present) is up to date all the same.
    Missed(u64),
}

/// A message that was broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broadcast<T = Payload> {
    /// The name of the event, which the sender chose.
    pub event: String,
    /// What was sent.
    pub payload: T,
    /// The ID of the row of `realtime.messages`, if the database sent it. No other client can set it.
    pub id: Option<String>,
    /// Whether the server replayed it: it was sent before the channel was joined.
    pub is_replayed: bool,
}

impl Broadcast {
    /// Reads the payload as this type.
    ///
    /// # Errors
    /// [`ClientError::Decode`](crate::ClientError::Decode) when it does not fit, [`Error::Realtime`] when it is bytes.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Broadcast<T>, Error> {
        let Payload::Json(json) = &self.payload else {
            let reason = "the payload is bytes, not JSON";
            return Err(RealtimeError::message(Permanent, "a broadcast", "", reason).into());
        };
        Ok(Broadcast {
            event: self.event.clone(),
            payload: json.read()?,
            id: self.id.clone(),
            is_replayed: self.is_replayed,
        })
    }
}

/// A message of the server about a channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct System {
    /// The part of the server that speaks: `system`, `postgres_changes`, ...
    #[serde(default)]
    pub extension: String,
    /// `ok` or `error`.
    pub status: String,
    /// The message.
    #[serde(default)]
    pub message: String,
}

/// A channel was joined again after it had been interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reconnected {
    /// How long the channel was not joined. What others broadcast in this time is lost, and so are changes of rows:
    /// read the tables again. Only what the database sent is replayed, the newest 25 messages to a private channel.
    pub after: std::time::Duration,
    /// Whether the server was asked to replay: the channel is private.
    pub is_replayed: bool,
}

impl Event {
    /// The bytes that the event keeps in memory, roughly.
    pub(super) fn size(&self) -> usize {
        let content = match self {
            Self::Broadcast(broadcast) => broadcast.payload.size() + broadcast.event.len(),
            Self::Insert(insert) => insert.commit.size() + insert.row.bytes().len(),
            Self::Update(update) => {
                let rows = update.row.bytes().len() + update.old_row.bytes().len();
                update.commit.size() + rows
            }
            Self::Delete(delete) => delete.commit.size() + delete.old_row.bytes().len(),
            Self::Join(presence) | Self::Leave(presence) => presence.size(),
            Self::System(system) => system.extension.len() + system.message.len(),
            Self::Sync | Self::Interrupted(_) | Self::Reconnected(_) | Self::Missed(_) => 0,
        };
        content + size_of::<Self>()
    }
}

/// The payload of a broadcast that arrives as text. Peers may have sent anything.
#[derive(Deserialize)]
pub(super) struct TextBroadcast<'a> {
    pub(super) event: String,
    #[serde(borrow, default)]
    pub(super) payload: Option<&'a serde_json::value::RawValue>,
    #[serde(default)]
    pub(super) meta: Option<Meta>,
}

/// What the server adds to a message of the database.
#[derive(Default, Deserialize)]
pub(super) struct Meta {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) replayed: bool,
}

impl Meta {
    pub(super) fn read(json: Option<&JsonText>) -> Self {
        let read = json.map(|json| serde_json::from_str(json.as_str()));
        read.and_then(Result::ok).unwrap_or_default()
    }
}
