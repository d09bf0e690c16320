use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, Guard};

use super::{Key, RemoteSigner, Signer, SigningKey};
use crate::error::ConfigurationError;

/// A new signing key, and when existing clients begin to use it;
/// [`ScopedClients::rotate`](crate::ScopedClients::rotate) takes it.
///
/// A [`SigningKey`] converts into a rotation at the next renewal of each client; [`at_once`](Self::at_once) makes it
/// one at the next request.
///
/// ```no_run
/// use scoped_runtime::{Rotation, ScopedClients, SigningKey};
///
/// # fn example(clients: ScopedClients, jwk: &str) -> Result<(), scoped_runtime::Error> {
/// clients.rotate(SigningKey::from_jwk(jwk)?);
/// clients.rotate(Rotation::from(SigningKey::from_jwk(jwk)?).at_once()); // the old key may have leaked
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Rotation {
    pub(crate) key: Key,
    pub(crate) at_once: bool,
}

impl Rotation {
    /// A rotation to a remote key, which existing clients use from their next renewal on.
    ///
    /// # Errors
    /// [`ConfigurationError`] for the field `signer` if the signer has no key ID.
    pub fn signer(signer: impl Signer + 'static) -> Result<Self, ConfigurationError> {
        let remote = RemoteSigner::new(signer);
        if let Some(problem) = remote.problem() {
            return Err(problem.into());
        }
        Ok(Self {
            key: Key::Remote(remote),
            at_once: false,
        })
    }

    /// Makes existing clients use the key from their next request on, for example when the old key may have leaked.
    /// The previous shared secrets no longer verify callers' tokens then. A client without `auto_refresh` keeps its
    /// token.
    #[must_use]
    pub fn at_once(self) -> Self {
        Self {
            at_once: true,
            ..self
        }
    }
}

/// Existing clients use the key from their next renewal on.
impl From<SigningKey> for Rotation {
    fn from(key: SigningKey) -> Self {
        Self {
            key: Key::Local(key),
            at_once: false,
        }
    }
}

/// The current signing key of a project. Each rotation begins a new generation.
#[derive(Debug)]
pub(crate) struct Keys {
    current: ArcSwap<KeyGeneration>,
    /// Tokens of earlier generations have to be replaced at once.
    min_generation: AtomicU64,
    /// Held during a rotation, so that rotations run one after the other.
    rotating: Mutex<()>,
}

/// A signing key with the number of its generation.
#[derive(Debug)]
pub(crate) struct KeyGeneration {
    pub(crate) key: Key,
    pub(crate) number: u64,
}

impl Keys {
    pub(crate) fn new(key: Key) -> Self {
        Self {
            current: ArcSwap::from_pointee(KeyGeneration { key, number: 0 }),
            min_generation: AtomicU64::new(0),
            rotating: Mutex::new(()),
        }
    }

    /// The current key, for a mint that may take time.
    pub(crate) fn current(&self) -> Arc<KeyGeneration> {
        self.current.load_full()
    }

    /// The current key, for a mint that is synchronous; cheaper than [`current`](Self::current).
    pub(crate) fn borrow(&self) -> Guard<Arc<KeyGeneration>> {
        self.current.load()
    }

    /// Whether a token of this generation has to be replaced at once.
    pub(crate) fn is_outdated(&self, number: u64) -> bool {
        number < self.min_generation.load(Ordering::Acquire)
    }

    /// Makes the key current. `before_rotation` is called first, with the new key and whether it is used at once.
    /// Concurrent rotations run one after the other, so both sides see them in the same order.
    pub(crate) fn rotate(&self, rotation: Rotation, before_rotation: impl FnOnce(&Key, bool)) {
        let Rotation { key, at_once } = rotation;
        let _lock = self.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        before_rotation(&key, at_once);
        let previous = self.current.rcu(|current| KeyGeneration {
            key: key.clone(),
            number: current.number + 1,
        });
        if at_once {
            // Stored after the key: a thread that reads the new minimum also reads the new key.
            self.min_generation
                .fetch_max(previous.number + 1, Ordering::AcqRel);
        }
    }
}
