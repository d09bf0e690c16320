//! What a renewal is made of. The model check puts its own in their place.

pub(super) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use std::sync::RwLock;

/// A value that is replaced in one step. Reading takes a lock that only a replacement holds alone, for
/// the time of one assignment. (A slot without a lock keeps a list of every thread that has ever read
/// one, and making a new slot walks it: 14 us after 512 threads.)
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

    /// Looks at the value where it is, which costs less than sharing it.
    pub(super) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        let present = self.0.read().unwrap_or_else(PoisonError::into_inner);
        present.as_deref().map(look)
    }

    /// Puts this value there, whatever is there.
    pub(super) fn store(&self, value: Arc<T>) {
        // What is replaced is dropped after the lock.
        let _previous = {
            let mut present = self.0.write().unwrap_or_else(PoisonError::into_inner);
            present.replace(value)
        };
    }

    /// Puts this value there, unless the present one is to stay: in one step. Returns the one that is
    /// there then.
    pub(super) fn replace(&self, value: Arc<T>, stays: impl Fn(&T) -> bool) -> Arc<T> {
        let mut present = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match &*present {
            Some(present) if stays(present) => Arc::clone(present),
            _ => {
                let _previous = present.replace(Arc::clone(&value));
                value
            }
        }
    }
}
