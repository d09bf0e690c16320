use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::oneshot;

use super::change::Change;
use super::channel_options::{ChannelOptions, MAX_REPLAY, millis_since_1970};
use super::channel_state::Channel;
use super::event_queue::EventQueue;
use super::hub::Hub;
use super::presence_state::PresenceState;
use super::probe::probe;
use super::push::Push;
use super::rest_broadcast;
use super::sender::{ChannelSender, Shared, bytes_push, json_push};
use super::subscription::Subscription;
use super::topic::Topic;
use crate::client::{Async, Core, Mode};
use crate::error::{ClientError, ConfigurationError, Error, Problem};

/// The options of a channel. [`Realtime::channel`](super::Realtime::channel) starts it, [`subscribe`](Self::subscribe)
/// joins the channel.
///
/// ```no_run
/// use scoped_runtime::realtime::{Change, Event};
///
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let mut room = alice
///     .realtime()
///     .channel("room")
///     .private()
///     .presence("alice")
///     .broadcast(true, false)
///     .postgres_changes(Change::insert().table("notes"))
///     .subscribe()
///     .await?;
/// room.sender().send("hello", &serde_json::json!({ "from": "alice" })).await?;
/// while let Some(event) = room.next().await {
///     match event? {
///         Event::Broadcast(message) => println!("{}: {:?}", message.event, message.payload),
///         Event::Insert(insert) => println!("{}", insert.row.as_str()),
///         Event::Reconnected(_) => println!("read again what may have been missed"),
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// ```
#[must_use = "a channel is joined by `subscribe`"]
pub struct ChannelBuilder<M: Mode = Async> {
    core: Arc<Core>,
    name: String,
    options: ChannelOptions,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> ChannelBuilder<M> {
    pub(super) fn new(core: &Arc<Core>, name: String) -> Self {
        Self {
            core: Arc::clone(core),
            name,
            options: ChannelOptions::default(),
            mode: PhantomData,
        }
    }

    /// Makes the channel private: the policies on `realtime.messages` decide who may join (`SELECT`) and who may send
    /// (`INSERT`); see <https://supabase.com/docs/guides/realtime/authorization>. A private and a public channel of the
    /// same name are two channels.
    pub fn private(mut self) -> Self {
        self.options.is_private = true;
        self
    }

    /// Takes part in presence: the channel's reader learns who is present, and this client may
    /// [`track`](ChannelSender::track) itself under this key. Clients with the same key are listed together.
    pub fn presence(mut self, key: impl Into<String>) -> Self {
        self.options.presence_key = Some(key.into());
        self
    }

    /// Whether broadcasts of this client are acknowledged by the server, and whether it gets its own. Neither by
    /// default.
    pub fn broadcast(mut self, acknowledge: bool, echo: bool) -> Self {
        self.options.acknowledges = acknowledge;
        self.options.echoes = echo;
        self
    }

    /// Adds changes of rows. Each call adds to those before. The table's policies decide which rows the user gets,
    /// whether the channel is private or not.
    pub fn postgres_changes(mut self, change: Change) -> Self {
        self.options.changes.push(change);
        self
    }

    /// Asks for what the database has sent to the channel since this moment, the newest `limit` messages, at most 25.
    /// Only private channels have a replay, and only of `realtime.send` and its like, of the last three days. After a
    /// loss of the connection, a private channel asks by itself for what came in the meantime.
    pub fn replay(mut self, since: SystemTime, limit: u8) -> Self {
        self.options.replay = Some((millis_since_1970(since), limit.clamp(1, MAX_REPLAY)));
        self
    }

    /// How many events may wait for the reader; 1024 by default, and never more than 16 MiB. See [`Subscription`] for
    /// what happens when the queue is full.
    pub fn queue(mut self, events: usize) -> Self {
        self.options.max_events = events.max(1);
        self
    }

    async fn join(self) -> Result<Subscription<M>, Error> {
        let Self {
            core,
            name,
            options,
            mode,
        } = self;
        core.check_open()?;
        check_api_key(&core)?;
        options.check()?;
        let topic = Topic::new(&name)?;
        let hub = Hub::of(&core);
        // A join that may be refused must not stop the channels that are joined already.
        if options.is_private && hub.channels.load(Ordering::Relaxed) > 0 {
            probe(&core, &topic, &options).await?;
        }
        let queue = Arc::new(EventQueue::new(options.max_events));
        let presence = Arc::new(Mutex::new(PresenceState::default()));
        let (is_private, has_presence) = (options.is_private, options.presence_key.is_some());
        let (subscribing, outcome) = oneshot::channel();
        let channel = Channel::new(
            topic.clone(),
            options,
            Arc::clone(&queue),
            Arc::clone(&presence),
            subscribing,
        );
        let id = hub.subscribe(&core, channel)?;
        let shared = Arc::new(Shared {
            core,
            hub,
            id,
            topic,
            is_private,
            has_presence,
            presence,
        });
        let sender = ChannelSender { shared, mode };
        // If the caller gives up, dropping the subscription leaves the channel.
        let subscription = Subscription { queue, sender };
        outcome
            .await
            .unwrap_or(Err(ClientError::NoRuntime.into()))?;
        Ok(subscription)
    }

    async fn push(self, push: Push) -> Result<(), Error> {
        let topic = Topic::new(&self.name)?;
        rest_broadcast::send(&self.core, &topic, self.options.is_private, push).await
    }
}

impl ChannelBuilder {
    /// Joins the channel with a live token of the user. It ends with the server's answer: with
    /// [`postgres_changes`](Self::postgres_changes), when the server is subscribed to them. From then on the channel is
    /// kept joined, see [`Subscription`].
    ///
    /// The server takes 5 s to refuse a channel and does nothing else on the connection meanwhile. Therefore, while the
    /// client has other channels, a private one is first asked for on a connection of its own.
    ///
    /// # Errors
    /// [`Error::Realtime`] with the reason and its kind when the server refuses the connection or the channel, or does
    /// not answer; [`Error::Client`] for invalid options, a closed client, or without a tokio runtime;
    /// [`Error::Token`] when there is no token; [`Error::Configuration`] with a secret API key, which the server would
    /// take in place of a missing token.
    pub async fn subscribe(self) -> Result<Subscription, Error> {
        self.join().await
    }

    /// Broadcasts a value, a JSON object, without joining the channel: over HTTP.
    ///
    /// # Errors
    /// [`Error::Realtime`] when a policy refuses it, and the errors of a [`Query`](crate::Query).
    pub async fn send(
        self,
        event: impl Into<String>,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        let push = json_push(event.into(), payload)?;
        self.push(push).await
    }

    /// Broadcasts bytes without joining the channel: over HTTP.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub async fn send_bytes(
        self,
        event: impl Into<String>,
        payload: impl Into<Bytes>,
    ) -> Result<(), Error> {
        let push = bytes_push(event.into(), payload.into())?;
        self.push(push).await
    }
}

/// With feature `blocking`.
#[cfg(feature = "blocking")]
impl ChannelBuilder<crate::client::Blocking> {
    /// Joins the channel; see `subscribe` of [`ChannelBuilder`].
    ///
    /// # Errors
    /// The same errors, and [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn subscribe(self) -> Result<Subscription<crate::client::Blocking>, Error> {
        let core = Arc::clone(&self.core);
        core.wait(self.join())
    }

    /// Broadcasts a value over HTTP; see `send` of [`ChannelBuilder`].
    ///
    /// # Errors
    /// The same errors, and [`ClientError::InsideRuntime`] in a task of an async runtime.
    pub fn send(
        self,
        event: impl Into<String>,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        let push = json_push(event.into(), payload)?;
        let core = Arc::clone(&self.core);
        core.wait(self.push(push))
    }

    /// Broadcasts bytes over HTTP.
    ///
    /// # Errors
    /// The errors of `send`.
    pub fn send_bytes(
        self,
        event: impl Into<String>,
        payload: impl Into<Bytes>,
    ) -> Result<(), Error> {
        let push = bytes_push(event.into(), payload.into())?;
        let core = Arc::clone(&self.core);
        core.wait(self.push(push))
    }
}

/// The API key travels in a URL, and the server takes it in place of a missing token.
fn check_api_key(core: &Core) -> Result<(), ConfigurationError> {
    if core.has_public_api_key() {
        return Ok(());
    }
    Err(Problem::new(
        "api_key",
        "is a secret key, which Realtime would get in a URL",
        "use the publishable key for clients that use Realtime",
    )
    .into())
}

impl<M: Mode> fmt::Debug for ChannelBuilder<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelBuilder")
            .field("user_id", &self.core.user_id())
            .field("channel", &self.name)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
