use std::sync::Arc;

use quick_cache::sync::Cache;

use super::VerifiedToken;
use crate::key::{KeySet, VerifyingKey};
use crate::token::fingerprint;

/// Tokens whose signature was verified lately: checking it again takes many times as long as all the
/// rest. Only the signature is remembered, as in `PostgREST`; times and keys are looked at every time.
///
/// Tokens are found by their SHA-256, so that how long it takes tells nothing of those that are here.
pub(super) struct VerifiedCache(Cache<[u8; 32], Arc<Entry>>);

pub(super) struct Entry {
    pub(super) token: VerifiedToken,
    pub(super) verified_with: VerifiedWith,
}

/// What a signature was verified with. Once the project has other keys, it says nothing any more.
pub(super) enum VerifiedWith {
    Secrets(Arc<Vec<VerifyingKey>>),
    Keys {
        keys: Arc<KeySet>,
        key_id: Option<String>,
    },
}

/// As many as `PostgREST` remembers.
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
