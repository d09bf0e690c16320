use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};

use super::channel_state::Channel;
use super::driver::Driver;
use super::push::{Push, PushError, PushReply};
use crate::client::Core;
use crate::error::RealtimeError;
use crate::error::{ClientError, Error, RealtimeErrorKind};

/// The one connection of a client, which its channels share. It exists while there are channels.
pub(crate) struct Hub {
    driver: Mutex<Option<UnboundedSender<Command>>>,
    next_id: AtomicU64,
    /// How many channels the connection has.
    pub(super) channels: AtomicUsize,
    /// Bounds the pushes that wait.
    pushes: Arc<Semaphore>,
}

/// What the driver is asked to do.
pub(super) enum Command {
    Subscribe(u64, Box<Channel>),
    Leave(u64),
    Push(u64, Push, PushReply),
}

/// The most pushes of one client that wait to be written or answered.
const MAX_PUSHES: usize = 1024;

impl Default for Hub {
    fn default() -> Self {
        Self {
            driver: Mutex::default(),
            next_id: AtomicU64::new(1),
            channels: AtomicUsize::new(0),
            pushes: Arc::new(Semaphore::new(MAX_PUSHES)),
        }
    }
}

impl Hub {
    /// The hub of this client.
    pub(super) fn of(core: &Core) -> Arc<Self> {
        core.store().get_or_insert_with(Self::default)
    }

    /// Gives a channel to the driver, which is started if there is none. Returns the number of the channel.
    pub(super) fn subscribe(
        self: &Arc<Self>,
        core: &Arc<Core>,
        channel: Channel,
    ) -> Result<u64, Error> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let command = Command::Subscribe(id, Box::new(channel));
        let mut running = self.lock();
        let command = match &*running {
            None => command,
            Some(sender) => match sender.send(command) {
                Ok(()) => return Ok(id),
                // The runtime of the driver has shut down.
                Err(returned) => returned.0,
            },
        };
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| ClientError::NoRuntime)?;
        let (sender, receiver) = unbounded_channel();
        let driver = Driver::new(core, self, receiver);
        let _ = sender.send(command);
        *running = Some(sender);
        drop(running);
        runtime.spawn(driver.run());
        Ok(id)
    }

    pub(super) fn leave(&self, id: u64) {
        if let Some(sender) = &*self.lock() {
            let _ = sender.send(Command::Leave(id));
        }
    }

    /// Sends on a channel, and waits until it is written, or answered if the server answers.
    pub(super) async fn push(&self, id: u64, topic: &str, push: Push) -> Result<(), PushError> {
        let name = push.name();
        let lost = || {
            let reason = "the connection was lost before it was sent";
            let kind = RealtimeErrorKind::Transient;
            PushError::Refused(RealtimeError::message(kind, name, topic, reason))
        };
        let permit = Arc::clone(&self.pushes).acquire_owned().await;
        let (sender, outcome) = oneshot::channel();
        let reply = PushReply {
            sender,
            _permit: permit.map_err(|_| lost())?,
        };
        match &*self.lock() {
            Some(driver) => driver
                .send(Command::Push(id, push, reply))
                .map_err(|_| lost())?,
            None => return Err(PushError::NotJoined(push)),
        }
        outcome.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Ends the driver unless a command has arrived. `is_idle` is asked under the lock under which commands are sent.
    pub(super) fn retire(&self, is_idle: impl FnOnce() -> bool) -> bool {
        let mut running = self.lock();
        let is_idle = is_idle();
        if is_idle {
            *running = None;
        }
        is_idle
    }

    fn lock(&self) -> MutexGuard<'_, Option<UnboundedSender<Command>>> {
        self.driver.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
