//! What a renewal is made of. The model check puts its own in their place.

pub(super) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;

/// A value that is replaced in one step and read without a lock.
pub(super) struct Slot<T>(ArcSwapOption<T>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(ArcSwapOption::empty())
    }
}

impl<T> Slot<T> {
    pub(super) fn load(&self) -> Option<Arc<T>> {
        self.0.load_full()
    }

    /// Looks at the value where it is, which costs less than sharing it.
    pub(super) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.0.load().as_deref().map(look)
    }

    /// Puts this value there, whatever is there.
    pub(super) fn store(&self, value: Arc<T>) {
        self.0.store(Some(value));
    }

    /// Puts this value there, unless the present one is to stay: in one step. Gives the one that is
    /// there then.
    pub(super) fn replace(&self, value: Arc<T>, stays: impl Fn(&T) -> bool) -> Arc<T> {
        let previous = self.0.rcu(|present| match present {
            Some(present) if stays(present) => Some(Arc::clone(present)),
            _ => Some(Arc::clone(&value)),
        });
        previous.filter(|previous| stays(previous)).unwrap_or(value)
    }
}
