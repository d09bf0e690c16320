//! The synchronisation primitives of the renewal, built on the scheduler's primitives.

pub(super) use shuttle::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shuttle::sync::atomic::{AtomicUsize, Ordering};

/// Has the interface of the runtime's slot: loads and replaces atomically.
///
/// The scheduler sees the counter and may switch threads at each of its steps. It does not see the lock, so
/// no thread is stopped while it holds the lock.
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
        let value = self.value.lock().unwrap().clone();
        // Another thread may publish and end its renewal before the caller looks at what it has loaded.
        self.steps.load(Ordering::SeqCst);
        value
    }

    pub(super) fn with_current<R>(&self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.steps.load(Ordering::SeqCst);
        self.value.lock().unwrap().as_deref().map(read)
    }

    pub(super) fn store(&self, value: Arc<T>) {
        self.steps.fetch_add(1, Ordering::SeqCst);
        *self.value.lock().unwrap() = Some(value);
    }

    pub(super) fn replace_unless(&self, value: Arc<T>, keep: impl Fn(&T) -> bool) -> Arc<T> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        let mut present = self.value.lock().unwrap();
        match &*present {
            Some(present) if keep(present) => Arc::clone(present),
            _ => {
                *present = Some(Arc::clone(&value));
                value
            }
        }
    }
}
