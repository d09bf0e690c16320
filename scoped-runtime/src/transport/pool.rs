//! The connection pool of a project: one [`RuntimePool`] for each tokio runtime.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use super::connect::Connector;
use super::runtime_pool::RuntimePool;
use crate::error::ClientError;

/// The connections of a project. A connection is used only in the runtime that opened it: the I/O driver of that
/// runtime has to run for the connection to make progress.
pub(super) struct Pool {
    runtime_pools: Arc<RwLock<RuntimePools>>,
    connector: Arc<Connector>,
}

type RuntimePools = HashMap<Key, Arc<RuntimePool>>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    runtime: Id,
    /// The user's number, if each user has their own connections.
    user: Option<u64>,
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self {
            runtime_pools: Arc::default(),
            connector,
        }
    }

    /// The connections of the current runtime, for this user.
    pub(super) fn current_runtime(
        &self,
        user: Option<u64>,
    ) -> Result<Arc<RuntimePool>, ClientError> {
        let handle = Handle::try_current().map_err(|_| ClientError::NoRuntime)?;
        let key = Key {
            runtime: handle.id(),
            user: user.filter(|_| self.connector.connections.per_user),
        };
        let pools = self
            .runtime_pools
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&key) {
            return Ok(Arc::clone(pool));
        }
        drop(pools);
        let made = Arc::new(RuntimePool::new(
            Arc::clone(&self.connector),
            handle.clone(),
        ));
        let mut pools = self
            .runtime_pools
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let pool = Arc::clone(pools.entry(key).or_insert_with(|| Arc::clone(&made)));
        drop(pools);
        if Arc::ptr_eq(&pool, &made) {
            let remove = RemoveOnDrop {
                runtime_pools: Arc::downgrade(&self.runtime_pools),
                key,
                pool: Arc::downgrade(&pool),
            };
            // Not under the lock: a runtime that is shutting down drops the task, and so the guard, at once.
            handle.spawn(close_idle_connections(Arc::downgrade(&pool), remove));
        }
        Ok(pool)
    }
}

/// Removes the pool of a runtime when it is dropped: at the end of the background task that holds it, or when the
/// runtime shuts down and drops its tasks.
struct RemoveOnDrop {
    runtime_pools: Weak<RwLock<RuntimePools>>,
    key: Key,
    pool: Weak<RuntimePool>,
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        let Some(pool) = self.pool.upgrade() else {
            return;
        };
        pool.shut_down();
        if let Some(pools) = self.runtime_pools.upgrade() {
            let mut pools = pools.write().unwrap_or_else(PoisonError::into_inner);
            if pools
                .get(&self.key)
                .is_some_and(|present| Arc::ptr_eq(present, &pool))
            {
                pools.remove(&self.key);
            }
        }
    }
}

/// The background task of a runtime: closes connections that have been idle for too long. It ends when no
/// connection is left, or with the runtime.
async fn close_idle_connections(pool: Weak<RuntimePool>, _remove: RemoveOnDrop) {
    let mut was_empty = false;
    loop {
        let Some(pause) = pool.upgrade().map(|pool| {
            let clock = &pool.connector.clock;
            let pause = (pool.connector.connections.idle_timeout / 4)
                .clamp(Duration::from_millis(10), Duration::from_secs(5));
            clock.sleep_until(clock.monotonic().saturating_add(pause))
        }) else {
            return;
        };
        pause.await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        let is_empty = pool.close_expired();
        if is_empty && was_empty {
            return;
        }
        was_empty = is_empty;
    }
}
