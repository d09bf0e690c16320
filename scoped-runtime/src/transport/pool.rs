//! The connections of a project, by the runtime that opened them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use tokio::runtime::{Handle, Id};

use super::connect::Connector;
use super::shard::Shard;
use super::sweep;
use crate::error::ClientError;

/// Connections are kept where they were opened: in another runtime they stand still as soon as the
/// first is not driven any more.
pub(super) struct Pool {
    shards: Arc<RwLock<Shards>>,
    connector: Arc<Connector>,
}

type Shards = HashMap<Key, Arc<Shard>>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    runtime: Id,
    /// The number of the user's life, where each has connections of their own.
    user: Option<u64>,
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self {
            shards: Arc::default(),
            connector,
        }
    }

    /// The connections of the present runtime, for this user.
    pub(super) fn shard(&self, user: Option<u64>) -> Result<Arc<Shard>, ClientError> {
        let handle = Handle::try_current().map_err(|_| ClientError::NoRuntime)?;
        let key = Key {
            runtime: handle.id(),
            user: user.filter(|_| self.connector.connections.per_user),
        };
        let shards = self.shards.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = shards.get(&key) {
            return Ok(Arc::clone(shard));
        }
        drop(shards);
        let made = Arc::new(Shard::new(Arc::clone(&self.connector), handle.clone()));
        let mut shards = self.shards.write().unwrap_or_else(PoisonError::into_inner);
        let shard = Arc::clone(shards.entry(key).or_insert_with(|| Arc::clone(&made)));
        drop(shards);
        if Arc::ptr_eq(&shard, &made) {
            let forget = Forget {
                shards: Arc::downgrade(&self.shards),
                key,
                shard: Arc::downgrade(&shard),
            };
            // Not under the lock: a runtime that has ended drops it at once.
            handle.spawn(sweep::run(Arc::downgrade(&shard), forget));
        }
        Ok(shard)
    }
}

/// Takes the connections of a runtime out of the pool when they are not needed any more, or when the
/// runtime ends and drops its tasks.
pub(super) struct Forget {
    shards: Weak<RwLock<Shards>>,
    key: Key,
    shard: Weak<Shard>,
}

impl Drop for Forget {
    fn drop(&mut self) {
        let Some(shard) = self.shard.upgrade() else {
            return;
        };
        shard.give_up();
        if let Some(shards) = self.shards.upgrade() {
            let mut shards = shards.write().unwrap_or_else(PoisonError::into_inner);
            if shards
                .get(&self.key)
                .is_some_and(|present| Arc::ptr_eq(present, &shard))
            {
                shards.remove(&self.key);
            }
        }
    }
}
