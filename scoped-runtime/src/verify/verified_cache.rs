use std::sync::Arc;

use quick_cache::sync::Cache;

use super::VerifiedToken;
use crate::key::{KeySet, VerifyingKey};
use crate::token::fingerprint;

/// A cache of tokens whose signatures were verified recently, since verifying a signature takes much longer
/// than all other checks. As in PostgREST, only the signature is cached; times and keys are checked on every
/// use.
///
/// The cache is keyed by the SHA-256 of the token, so that the time of a lookup reveals nothing about the
/// tokens in it.
pub(super) struct VerifiedCache(Cache<[u8; 32], Arc<Entry>>);

pub(super) struct Entry {
    pub(super) token: VerifiedToken,
    pub(super) verified_with: VerifiedWith,
}

/// The keys that a signature was verified with. The entry is valid only while the project has the same keys.
pub(super) enum VerifiedWith {
    Secrets(Arc<Vec<VerifyingKey>>),
    Keys {
        keys: Arc<KeySet>,
        key_id: Option<String>,
    },
}

/// The number of cached tokens, the same as in PostgREST.
const CAPACITY: usize = 1000;

impl VerifiedCache {
    pub(super) fn new() -> Self {
        Self(Cache::new(CAPACITY))
    }

    pub(super) fn get(&self, token: &str) -> Option<Arc<Entry>> {
        self.0.get(&fingerprint(token))
    }

    pub(super) fn insert(&self, text: &str, token: VerifiedToken, verified_with: VerifiedWith) {
        self.0.insert(
            fingerprint(text),
            Arc::new(Entry {
                token,
                verified_with,
            }),
        );
    }
}
