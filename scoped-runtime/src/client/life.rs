use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::claims::UserId;

/// Whether something may still send requests: a user's clients, one client, or one narrowed from it.
/// It ends with whatever it was derived from.
#[derive(Debug)]
pub(super) struct Life {
    closed: AtomicBool,
    parent: Option<Arc<Self>>,
    /// Different for every life of a user, so that no session is shared across a `close_user`.
    pub(super) number: u64,
}

impl Life {
    /// One that ends with this one at the latest.
    pub(super) fn derive(self: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self {
            closed: AtomicBool::new(false),
            parent: Some(Arc::clone(self)),
            number: self.number,
        })
    }

    /// The user's, which all of their clients derive from.
    pub(super) fn root(self: &Arc<Self>) -> Arc<Self> {
        match &self.parent {
            Some(parent) => parent.root(),
            None => Arc::clone(self),
        }
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
            || self
                .parent
                .as_ref()
                .is_some_and(|parent| parent.is_closed())
    }
}

/// The lives of a project's users, as long as somebody holds them.
#[derive(Debug, Default)]
pub(super) struct Lives {
    users: Mutex<HashMap<UserId, Weak<Life>>>,
    next: AtomicU64,
}

impl Lives {
    /// The life that all of this user's clients derive from.
    pub(super) fn of(&self, user_id: &UserId) -> Arc<Life> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(life) = users.get(user_id).and_then(Weak::upgrade) {
            return life;
        }
        // Before the map would grow: forget users that nobody holds any more.
        if users.len() == users.capacity() {
            users.retain(|_, life| life.strong_count() > 0);
        }
        let life = Arc::new(Life {
            closed: AtomicBool::new(false),
            parent: None,
            number: self.next.fetch_add(1, Ordering::Relaxed),
        });
        users.insert(user_id.clone(), Arc::downgrade(&life));
        life
    }

    /// Ends everything of this user. Clients that are made later begin anew.
    pub(super) fn close(&self, user_id: &UserId) {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(life) = users.remove(user_id).and_then(|life| life.upgrade()) {
            life.close();
        }
    }
}
