//! What the renewal is made of, on the scheduler's own primitives.

pub(super) use shuttle::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shuttle::sync::atomic::{AtomicUsize, Ordering};

/// As the original one on `arc-swap`: loads and replaces in one step, and never blocks.
///
/// The counter is what the scheduler sees: each step changes threads there. No thread is stopped while
/// it holds the lock behind it.
pub(super) struct Slot<T> {
    steps: AtomicUsize,
    value: std::sync::Mutex<Option<Arc<T>>>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            steps: AtomicUsize::new(0),
            value: std::sync::Mutex::new(None),
        }
    }
}

impl<T> Slot<T> {
    pub(super) fn load(&self) -> Option<Arc<T>> {
        self.steps.load(Ordering::SeqCst);
        self.value.lock().unwrap().clone()
    }

    pub(super) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.load().as_deref().map(look)
    }

    pub(super) fn store(&self, value: Arc<T>) {
        self.steps.fetch_add(1, Ordering::SeqCst);
        *self.value.lock().unwrap() = Some(value);
    }

    pub(super) fn replace(&self, value: Arc<T>, stays: impl Fn(&T) -> bool) -> Arc<T> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        let mut present = self.value.lock().unwrap();
        match &*present {
            Some(present) if stays(present) => Arc::clone(present),
            _ => {
                *present = Some(Arc::clone(&value));
                value
            }
        }
    }
}
