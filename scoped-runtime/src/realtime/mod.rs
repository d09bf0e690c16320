//! Broadcast, presence and Postgres changes of Supabase Realtime, as the user (feature `realtime`).
//!
//! [`ScopedClient::realtime`](crate::ScopedClient::realtime) is the way in; [the guide](crate::docs::realtime) explains
//! how channels are kept joined, what is renewed when, and what may be lost.

pub(crate) mod any_frames;
mod change;
mod channel_builder;
mod channel_options;
mod channel_state;
mod connection;
mod driver;
mod event;
mod event_queue;
mod frame;
mod hub;
mod json_text;
mod moment;
mod outgoing;
mod presence;
mod probe;
mod push;
mod refusal;
mod rest_broadcast;
mod row_change;
mod sender;
mod subscription;
mod tokens;
mod topic;
mod web_socket;

pub use change::Change;
pub use channel_builder::{ChannelBuilder, Realtime};
pub use event::{Broadcast, Event, Reconnected, System};
pub use frame::Payload;
pub use json_text::JsonText;
pub use presence::{Presence, PresenceMeta};
pub use row_change::{ColumnType, Commit, Delete, Insert, Update};
pub use sender::ChannelSender;
pub use subscription::Subscription;
