use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::claims::UserId;

/// Whether something may still send requests: a user's clients, one client, or one narrowed from it.
/// It ends with whatever it was derived from.
#[derive(Debug)]
pub(crate) struct Life {
    closed: AtomicBool,
    /// Read-locked while a request begins to be written, so that closing waits for it.
    gate: RwLock<()>,
    parent: Parent,
    /// Different for every life of a user, so that no session is shared across a `close_user`.
    pub(crate) number: u64,
}

#[derive(Debug)]
enum Parent {
    /// The user's own life. Requests that wait are told here when any life below it is closed.
    Root(Notify),
    Life(Arc<Life>),
}

impl Life {
    fn root_of_user(number: u64) -> Self {
        Self {
            closed: AtomicBool::new(false),
            gate: RwLock::new(()),
            parent: Parent::Root(Notify::new()),
            number,
        }
    }

    /// That of a client without a user, which is not closed.
    pub(crate) fn endless() -> Self {
        Self::root_of_user(u64::MAX)
    }

    /// One that ends with this one at the latest.
    pub(crate) fn derive(self: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self {
            closed: AtomicBool::new(false),
            gate: RwLock::new(()),
            parent: Parent::Life(Arc::clone(self)),
            number: self.number,
        })
    }

    /// The user's, which all of their clients derive from.
    pub(crate) fn root(self: &Arc<Self>) -> Arc<Self> {
        match &self.parent {
            Parent::Life(parent) => parent.root(),
            Parent::Root(_) => Arc::clone(self),
        }
    }

    /// Once this has returned, nothing runs in [`if_open`](Self::if_open) any more, nor ever will.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(self.gate.write().unwrap_or_else(PoisonError::into_inner));
        self.events().notify_waiters();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
            || match &self.parent {
                Parent::Life(parent) => parent.is_closed(),
                Parent::Root(_) => false,
            }
    }

    /// Runs this unless closed; closing waits until it has run. It must not block.
    pub(crate) fn if_open<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let mut run = Some(run);
        let mut done = None;
        self.with_gates(&mut || done = run.take().map(|run| run()));
        done
    }

    fn with_gates(&self, run: &mut dyn FnMut()) {
        let _open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        // After the lock: who closes sets this first and takes the lock then.
        if self.closed.load(Ordering::SeqCst) {
            return;
        }
        match &self.parent {
            Parent::Life(parent) => parent.with_gates(run),
            Parent::Root(_) => run(),
        }
    }

    /// Completes when a life of this user is closed, this one or another: look at
    /// [`is_closed`](Self::is_closed) then.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.events().notified()
    }

    /// Completes when this is closed.
    pub(crate) async fn ended(&self) {
        loop {
            let changed = self.changed();
            if self.is_closed() {
                return;
            }
            changed.await;
        }
    }

    fn events(&self) -> &Notify {
        match &self.parent {
            Parent::Life(parent) => parent.events(),
            Parent::Root(events) => events,
        }
    }
}

/// The lives of a project's users, as long as something holds them.
#[derive(Debug, Default)]
pub(crate) struct Lives {
    users: Mutex<HashMap<UserId, Weak<Life>>>,
    next: AtomicU64,
}

impl Lives {
    /// The life that all of this user's clients derive from.
    pub(crate) fn of(&self, user_id: &UserId) -> Arc<Life> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(life) = users.get(user_id).and_then(Weak::upgrade) {
            return life;
        }
        // Before the map would grow: forget users without a client.
        if users.len() == users.capacity() {
            users.retain(|_, life| life.strong_count() > 0);
        }
        let life = Arc::new(Life::root_of_user(
            self.next.fetch_add(1, Ordering::Relaxed),
        ));
        users.insert(user_id.clone(), Arc::downgrade(&life));
        life
    }

    /// Ends everything of this user. Clients that are made later begin anew.
    pub(crate) fn close(&self, user_id: &UserId) {
        let closed = {
            let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
            users.remove(user_id).and_then(|life| life.upgrade())
        };
        if let Some(life) = closed {
            life.close();
        }
    }
}
