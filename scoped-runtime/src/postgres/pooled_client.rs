//! A connection of the pool, whose session is cleaned behind each call.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use deadpool::managed::{Manager, Metrics, RecycleResult};
use deadpool_postgres::ClientWrapper;
use futures_util::{FutureExt, TryStreamExt};
use tokio_postgres::{Error, SimpleQueryStream};

/// Removes what a statement left on the session: settings, temporary tables (which hide tables of the same name),
/// cursors and the like. Locks are released when the next scope is entered.
pub(super) const CLEAN: &str =
    "close all; reset role; reset all; unlisten *; discard temp; discard sequences";

/// A connection, and what is known of its session.
pub(super) struct PooledClient {
    client: ClientWrapper,
    session: Mutex<Session>,
}

/// What earlier calls have left on the session.
enum Session {
    /// Nothing that concerns the next call.
    Clean,
    /// Unknown: a scope was entered, and [`CLEAN`] was not sent since.
    Used,
    /// [`CLEAN`] was sent behind the end of the scope. This is its answer, which was not read yet.
    Cleaning(Pin<Box<SimpleQueryStream>>),
}

impl PooledClient {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A scope is about to be entered.
    pub(super) fn set_used(&self) {
        *self.session() = Session::Used;
    }

    /// Nothing is left on the session, or it is not ours to clean.
    pub(super) fn set_clean(&self) {
        *self.session() = Session::Clean;
    }

    /// Whether a scope was entered after [`CLEAN`] was sent for the last time.
    pub(super) fn is_used(&self) -> bool {
        matches!(*self.session(), Session::Used)
    }

    /// Whether the answer to [`CLEAN`] has to be read.
    pub(super) fn is_cleaning(&self) -> bool {
        matches!(*self.session(), Session::Cleaning(_))
    }

    /// Hands [`CLEAN`] to the connection, behind everything that was handed to it before. Its answer is read before
    /// the next call.
    pub(super) fn send_cleaning(&self) {
        // The future is ready at once; only the stream waits.
        if let Some(Ok(answer)) = self.client.simple_query_raw(CLEAN).now_or_never() {
            *self.session() = Session::Cleaning(Box::pin(answer));
        }
    }

    /// Reads the answer to [`CLEAN`].
    pub(super) async fn finish_cleaning(&self) -> Result<(), Error> {
        // Until the answer is there, the session counts as used.
        let session = std::mem::replace(&mut *self.session(), Session::Used);
        if let Session::Cleaning(mut answer) = session {
            while answer.try_next().await?.is_some() {}
            self.set_clean();
        }
        Ok(())
    }
}

impl Deref for PooledClient {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

/// Makes the connections of the pool.
pub(super) struct ClientManager {
    pub(super) clients: deadpool_postgres::Manager,
    /// Sessions behind a transaction pooler are shared with its other clients, and are not ours to clean.
    pub(super) is_behind_pooler: bool,
}

impl Manager for ClientManager {
    type Type = PooledClient;
    type Error = Error;

    async fn create(&self) -> Result<PooledClient, Error> {
        // Connecting is rare and its future is large: it would be part of the future of every call.
        let mut client = Box::pin(self.clients.create()).await?;
        // A pooler that lends whole sessions may lend one that another client has used.
        if !self.is_behind_pooler
            && let Err(error) = client.batch_execute(CLEAN).await
        {
            // The manager keeps a list of its connections.
            self.clients.detach(&mut client);
            return Err(error);
        }
        Ok(PooledClient {
            client,
            session: Mutex::new(Session::Clean),
        })
    }

    async fn recycle(&self, pooled: &mut PooledClient, metrics: &Metrics) -> RecycleResult<Error> {
        self.clients.recycle(&mut pooled.client, metrics).await
    }

    fn detach(&self, pooled: &mut PooledClient) {
        self.clients.detach(&mut pooled.client);
    }
}
