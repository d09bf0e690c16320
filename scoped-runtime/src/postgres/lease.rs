//! A connection while a call has it.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool::managed::Object;
use deadpool_postgres::ClientWrapper;
use tokio::runtime::Handle;
use tokio_postgres::CancelToken;

use super::pool::Pool;
use super::pooled_client::{CLEAN, ClientManager, PooledClient};
use crate::clock::with_timeout;

/// How long a statement that is not awaited any more may take to end by itself before it is cancelled. Most
/// statements do, and a connection is used again only if no cancellation was sent.
pub(super) const GRACE: Duration = Duration::from_millis(25);
/// How long a cancelled statement may take to end.
pub(super) const CANCEL_LIMIT: Duration = Duration::from_secs(2);

/// A connection of the pool. Dropped while the server may still be busy with it, it is settled in the
/// background: it returns to the pool clean, or not at all.
pub(super) struct Lease {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    is_commit_sent: AtomicBool,
    /// The runtime on which the connection is settled.
    runtime: Handle,
}

/// What a connection needs before another call may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// Nothing.
    Clean,
    /// All that was sent has to be answered.
    Busy,
    /// The transaction has to be rolled back.
    InTransaction,
    /// A cancellation is on its way, and could hit the statement of another call.
    Unusable,
}

/// Keeps a connection out of the pool unless it is clean.
struct Connection {
    object: Option<Object<ClientManager>>,
    condition: Mutex<Condition>,
}

impl Connection {
    fn condition(&self) -> Condition {
        *self
            .condition
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that became unusable stays so.
    fn set(&self, new: Condition) {
        let mut condition = self
            .condition
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *condition != Condition::Unusable {
            *condition = new;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let condition = self.condition();
        if let Some(object) = self.object.take()
            && (condition != Condition::Clean || object.is_used())
        {
            // Its socket is closed here.
            drop(Object::take(object));
        }
    }
}

impl Lease {
    pub(super) fn new(object: Object<ClientManager>, pool: &Arc<Pool>, runtime: Handle) -> Self {
        Self {
            connection: Some(Connection {
                object: Some(object),
                condition: Mutex::new(Condition::Clean),
            }),
            pool: Arc::clone(pool),
            is_commit_sent: AtomicBool::new(false),
            runtime,
        }
    }

    fn pooled(&self) -> Option<&PooledClient> {
        Some(self.connection.as_ref()?.object.as_ref()?)
    }

    /// The connection. `None` never happens before the drop.
    pub(super) fn client(&self) -> Option<&ClientWrapper> {
        Some(self.pooled()?)
    }

    fn set(&self, condition: Condition) {
        if let Some(connection) = &self.connection {
            connection.set(condition);
        }
    }

    /// The connection if no other client of a pooler uses its session, so that it is ours to clean.
    fn own_session(&self) -> Option<&PooledClient> {
        let is_own = !self.pool.settings.is_behind_pooler;
        self.pooled().filter(|_| is_own)
    }

    fn set_used(&self) {
        if let Some(session) = self.own_session() {
            session.set_used();
        }
    }

    /// A transaction was begun, or is about to be.
    pub(super) fn set_in_transaction(&self) {
        self.set_used();
        self.set(Condition::InTransaction);
    }

    /// Something was sent that leaves no transaction open, and is not answered yet.
    pub(super) fn set_busy(&self) {
        self.set(Condition::Busy);
    }

    /// The end of the transaction was sent, and is not answered yet.
    pub(super) fn set_committing(&self) {
        self.set_used();
        self.is_commit_sent.store(true, Ordering::Relaxed);
        self.set(Condition::Busy);
    }

    /// Whether a commit was sent in this lease, so that an unanswered call may have written.
    pub(super) fn is_commit_sent(&self) -> bool {
        self.is_commit_sent.load(Ordering::Relaxed)
    }

    /// Waits until the session is clean. `false`: it is not, and the connection is closed with this lease.
    pub(super) async fn finish_cleaning(&self) -> bool {
        let Some(pooled) = self.pooled().filter(|pooled| pooled.is_cleaning()) else {
            return true;
        };
        self.set(Condition::Busy);
        let is_clean = pooled.finish_cleaning().await.is_ok();
        self.set(if is_clean {
            Condition::Clean
        } else {
            Condition::Unusable
        });
        is_clean
    }

    /// Sends what cleans the session, behind the end of the transaction. The next lease waits for the answer.
    pub(super) fn send_cleaning(&self) {
        if let Some(session) = self.own_session() {
            session.send_cleaning();
        }
    }

    /// Everything except [`CLEAN`] was answered, and no transaction is open.
    pub(super) fn set_clean(&self) {
        self.set(Condition::Clean);
    }

    /// Asks the server to cancel the statement, within the limit. The connection is not used again.
    pub(super) async fn cancel(&self) {
        self.set(Condition::Unusable);
        if let Some(client) = self.client() {
            cancel(&self.pool, client.cancel_token()).await;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && matches!(
                connection.condition(),
                Condition::Busy | Condition::InTransaction
            )
        {
            let settling = settle(connection, Arc::clone(&self.pool));
            drop(self.runtime.spawn(settling));
        }
    }
}

async fn cancel(pool: &Pool, token: CancelToken) {
    let cancelling = pool.connector.cancel(token);
    let _ = with_timeout(&*pool.clock, CANCEL_LIMIT, cancelling).await;
}

/// Waits until the connection is clean; cancels what takes too long.
async fn settle(connection: Connection, pool: Arc<Pool>) {
    let Some(client) = connection.object.as_deref() else {
        return;
    };
    let end = match connection.condition() {
        Condition::InTransaction => "rollback; ",
        _ => "",
    };
    let clean = if pool.settings.is_behind_pooler {
        ""
    } else {
        CLEAN
    };
    // Its answer comes after all others.
    let last = format!("{end}{clean}");
    let mut ending = pin!(client.batch_execute(&last));
    match with_timeout(&*pool.clock, GRACE, ending.as_mut()).await {
        Some(Ok(())) => {
            client.set_clean();
            connection.set(Condition::Clean);
        }
        Some(Err(_)) => {}
        None => {
            cancel(&pool, client.cancel_token()).await;
            // The place in the pool is free when the server is.
            let _ = with_timeout(&*pool.clock, CANCEL_LIMIT, ending).await;
        }
    }
}
