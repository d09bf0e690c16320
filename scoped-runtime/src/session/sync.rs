//! The synchronisation primitives of the renewal. The model check (`model`) replaces this module by
//! the primitives of its scheduler.

pub(super) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use std::sync::RwLock;

/// A value that is replaced atomically. Readers share a lock that a replacement holds exclusively for the time
/// of one assignment. (The lock-free `arc-swap` keeps a list of all threads that have ever read, and creating a
/// slot walks that list: 14 us after 512 threads.)
pub(super) struct Slot<T>(RwLock<Option<Arc<T>>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(RwLock::new(None))
    }
}

impl<T> Slot<T> {
    pub(super) fn load(&self) -> Option<Arc<T>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Calls the function with the current value, which is cheaper than cloning the `Arc`.
    pub(super) fn with_current<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        current.as_deref().map(read)
    }

    /// Replaces the current value.
    pub(super) fn store(&self, value: Arc<T>) {
        // The previous value is dropped after the lock is released.
        let _previous = {
            let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
            current.replace(value)
        };
    }

    /// Replaces the current value, unless `keep` returns `true` for it, in one atomic step. Returns the value
    /// that is current afterwards.
    pub(super) fn replace_unless(&self, value: Arc<T>, keep: impl Fn(&T) -> bool) -> Arc<T> {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some(current) if keep(current) => Arc::clone(current),
            _ => {
                let _previous = current.replace(Arc::clone(&value));
                value
            }
        }
    }
}
