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
mod credentials;
mod driver;
mod event;
mod event_queue;
mod frame;
mod hub;
mod json_text;
mod observed;
mod outgoing;
mod presence;
mod presence_state;
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
pub use channel_builder::ChannelBuilder;
pub use event::{Broadcast, Event, Reconnected, System};
pub use frame::Payload;
pub use json_text::JsonText;
pub use presence::{Presence, PresenceMeta};
pub use row_change::{ColumnType, Commit, Delete, Insert, Update};
pub use sender::ChannelSender;
pub use subscription::Subscription;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::client::{AnonymousClient, Async, Core, Mode, ScopedClient};

/// Realtime, as the user of a client: [`ScopedClient::realtime`] returns it, and [`AnonymousClient::realtime`] for the role
/// `anon`.
pub struct Realtime<M: Mode = Async> {
    core: Arc<Core>,
    mode: PhantomData<fn() -> M>,
}

impl<C, M: Mode> ScopedClient<C, M> {
    /// Broadcast, presence and Postgres changes as this client's user; see
    /// [`realtime`](crate::realtime). All channels of the client and its clones share one connection, which is made
    /// when the first of them is subscribed and closed with the last.
    #[must_use]
    pub fn realtime(&self) -> Realtime<M> {
        Realtime::new(self.core())
    }
}

impl<M: Mode> AnonymousClient<M> {
    /// Broadcast, presence and Postgres changes in the role `anon`, with the API key alone: public channels, private ones
    /// whose policies on `realtime.messages` name `anon`, and the rows that `anon` may read. All channels of the client and
    /// its clones share one connection.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// let mut news = clients.anonymous()?.realtime().channel("news").subscribe().await?;
    /// while let Some(event) = news.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn realtime(&self) -> Realtime<M> {
        Realtime::new(self.core())
    }
}

impl<M: Mode> Realtime<M> {
    fn new(core: &Arc<Core>) -> Self {
        Self {
            core: Arc::clone(core),
            mode: PhantomData,
        }
    }

    /// Starts the options of a channel. `name` is what policies read with `realtime.topic()`, without the prefix
    /// `realtime:`. This method does not fail: an invalid name is an error of [`subscribe`](ChannelBuilder::subscribe).
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let mut room = alice.realtime().channel("room").private().subscribe().await?;
    /// while let Some(event) = room.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn channel(&self, name: impl Into<String>) -> ChannelBuilder<M> {
        ChannelBuilder::new(&self.core, name.into())
    }
}

impl<M: Mode> fmt::Debug for Realtime<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Realtime")
            .field("user_id", &self.core.user_id())
            .finish_non_exhaustive()
    }
}
