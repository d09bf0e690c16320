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

    pub(super) fn store(&self, value: Arc<T>) {
        self.0.store(Some(value));
    }
}
