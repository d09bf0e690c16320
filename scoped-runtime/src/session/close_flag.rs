use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::claims::UserId;

/// Whether requests may still be sent: for all clients of a user, for one client, or for a client that
/// was narrowed from another. A flag counts as closed as soon as its parent is closed.
#[derive(Debug)]
pub(crate) struct CloseFlag {
    closed: AtomicBool,
    /// Read-locked while a request begins to be written, so that closing waits for it.
    writing: RwLock<()>,
    parent: Parent,
    /// Identifies the flag of the user that this one derives from. After `close_user` the user gets a
    /// flag with another number, so that no session is shared across the closing.
    pub(crate) user_number: u64,
}

#[derive(Debug)]
enum Parent {
    /// This is the flag of the user itself. The notification wakes waiting requests when any flag of the
    /// user is closed.
    User(Notify),
    Flag(Arc<CloseFlag>),
}

impl CloseFlag {
    fn of_user(user_number: u64) -> Self {
        Self {
            closed: AtomicBool::new(false),
            writing: RwLock::new(()),
            parent: Parent::User(Notify::new()),
            user_number,
        }
    }

    /// The flag of a client without a user, which is never closed.
    pub(crate) fn never_closed() -> Self {
        Self::of_user(u64::MAX)
    }

    /// A flag that is closed with this one at the latest.
    pub(crate) fn derive(self: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self {
            closed: AtomicBool::new(false),
            writing: RwLock::new(()),
            parent: Parent::Flag(Arc::clone(self)),
            user_number: self.user_number,
        })
    }

    /// The flag of the user, from which the flags of all their clients derive.
    pub(crate) fn user_flag(self: &Arc<Self>) -> Arc<Self> {
        match &self.parent {
            Parent::Flag(parent) => parent.user_flag(),
            Parent::User(_) => Arc::clone(self),
        }
    }

    /// Closes the flag. When this has returned, [`if_open`](Self::if_open) runs no function any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(self.writing.write().unwrap_or_else(PoisonError::into_inner));
        self.notifications().notify_waiters();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
            || match &self.parent {
                Parent::Flag(parent) => parent.is_closed(),
                Parent::User(_) => false,
            }
    }

    /// Runs the function unless the flag is closed, and makes `close` wait until it has returned. The
    /// function must not block.
    pub(crate) fn if_open<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let mut run = Some(run);
        let mut outcome = None;
        self.with_read_locks(&mut || outcome = run.take().map(|run| run()));
        outcome
    }

    fn with_read_locks(&self, run: &mut dyn FnMut()) {
        let _lock = self.writing.read().unwrap_or_else(PoisonError::into_inner);
        // Checked under the lock: `close` sets the flag before it takes the lock.
        if self.closed.load(Ordering::SeqCst) {
            return;
        }
        match &self.parent {
            Parent::Flag(parent) => parent.with_read_locks(run),
            Parent::User(_) => run(),
        }
    }

    /// Completes when any flag of the user is closed. The caller has to check
    /// [`is_closed`](Self::is_closed) then: it may have been the flag of another client.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.notifications().notified()
    }

    /// Completes when this flag is closed.
    pub(crate) async fn wait_closed(&self) {
        loop {
            let changed = self.changed();
            if self.is_closed() {
                return;
            }
            changed.await;
        }
    }

    fn notifications(&self) -> &Notify {
        match &self.parent {
            Parent::Flag(parent) => parent.notifications(),
            Parent::User(notify) => notify,
        }
    }
}

/// The close flags of a project's users. A flag is kept as long as a client or a session holds it.
#[derive(Debug, Default)]
pub(crate) struct OpenUsers {
    flags: Mutex<HashMap<UserId, Weak<CloseFlag>>>,
    next_number: AtomicU64,
}

impl OpenUsers {
    /// The flag from which the flags of all clients of this user derive.
    pub(crate) fn flag_of(&self, user_id: &UserId) -> Arc<CloseFlag> {
        let mut flags = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flag) = flags.get(user_id).and_then(Weak::upgrade) {
            return flag;
        }
        // Before the map would grow, users without a client are removed from it.
        if flags.len() == flags.capacity() {
            flags.retain(|_, flag| flag.strong_count() > 0);
        }
        let flag = Arc::new(CloseFlag::of_user(
            self.next_number.fetch_add(1, Ordering::Relaxed),
        ));
        flags.insert(user_id.clone(), Arc::downgrade(&flag));
        flag
    }

    /// Closes all clients of this user. Clients that are made later get a new flag.
    pub(crate) fn close(&self, user_id: &UserId) {
        let closed = {
            let mut flags = self.flags.lock().unwrap_or_else(PoisonError::into_inner);
            flags.remove(user_id).and_then(|flag| flag.upgrade())
        };
        if let Some(flag) = closed {
            flag.close();
        }
    }
}
