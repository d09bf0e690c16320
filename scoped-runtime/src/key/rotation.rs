use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, Guard};

use super::{Key, Remote, Signer, SigningKey};
use crate::error::ConfigurationError;

/// A new key that existing clients take at their next request, not at their next renewal: what
/// [`ScopedClients::rotate`](crate::ScopedClients::rotate) takes when the old key is known to others.
/// A client without `auto_refresh` keeps its one token.
#[derive(Debug, Clone)]
pub struct RotateNow(pub SigningKey);

/// A new key, and when existing clients take it.
#[derive(Debug)]
pub struct Rotation {
    pub(crate) key: Key,
    pub(crate) at_once: bool,
}

impl Rotation {
    /// To a key that lives elsewhere; existing clients take it at their next renewal.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `signer` when it has no key ID.
    pub fn signer(signer: impl Signer + 'static) -> Result<Self, ConfigurationError> {
        let remote = Remote::new(signer);
        if let Some(problem) = remote.problem() {
            return Err(problem.into());
        }
        Ok(Self {
            key: Key::Remote(remote),
            at_once: false,
        })
    }

    /// Existing clients take the key at their next request: the old one is known to others.
    #[must_use]
    pub fn at_once(self) -> Self {
        Self {
            at_once: true,
            ..self
        }
    }
}

/// Existing clients take the key at their next renewal.
impl From<SigningKey> for Rotation {
    fn from(key: SigningKey) -> Self {
        Self {
            key: Key::Local(key),
            at_once: false,
        }
    }
}

impl From<RotateNow> for Rotation {
    fn from(RotateNow(key): RotateNow) -> Self {
        Self {
            key: Key::Local(key),
            at_once: true,
        }
    }
}

/// The key that a project signs with at present, numbered by its turn.
#[derive(Debug)]
pub(crate) struct Keys {
    current: ArcSwap<KeyGeneration>,
    /// Tokens of earlier turns are due.
    required: AtomicU64,
    rotating: Mutex<()>,
}

#[derive(Debug)]
pub(crate) struct KeyGeneration {
    pub(crate) key: Key,
    pub(crate) number: u64,
}

impl Keys {
    pub(crate) fn new(key: Key) -> Self {
        Self {
            current: ArcSwap::from_pointee(KeyGeneration { key, number: 0 }),
            required: AtomicU64::new(0),
            rotating: Mutex::new(()),
        }
    }

    /// The key for the next mint.
    pub(crate) fn current(&self) -> Arc<KeyGeneration> {
        self.current.load_full()
    }

    /// The key for a mint that is made at once.
    pub(crate) fn borrow(&self) -> Guard<Arc<KeyGeneration>> {
        self.current.load()
    }

    /// Whether a token of this turn has to be replaced at once.
    pub(crate) fn is_outdated(&self, number: u64) -> bool {
        number < self.required.load(Ordering::Acquire)
    }

    /// Every mint from now on has the new key. `before` hears of it first, and of one rotation at a time,
    /// so that it knows them in the same order.
    pub(crate) fn rotate(&self, rotation: Rotation, before: impl FnOnce(&Key, bool)) {
        let Rotation { key, at_once } = rotation;
        let _turn = self.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        before(&key, at_once);
        let previous = self.current.rcu(|turn| KeyGeneration {
            key: key.clone(),
            number: turn.number + 1,
        });
        if at_once {
            // After the key: whoever sees this finds the new key.
            self.required
                .fetch_max(previous.number + 1, Ordering::AcqRel);
        }
    }
}
