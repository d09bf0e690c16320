use std::collections::HashSet;

use super::{Algorithm, VerifyingKey, jwk};
use crate::error::Problem;

/// A JWK set (RFC 7517, section 5) of verifying keys: either public keys or shared secrets.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeySet(Vec<VerifyingKey>);

impl KeySet {
    /// Reads a set. Keys that cannot be used are skipped, as RFC 7517, section 5, says: a set may contain keys for
    /// other purposes.
    pub(crate) fn parse(json: &str) -> Result<Self, Problem> {
        Self::parse_at_most(json, usize::MAX)
    }

    fn parse_at_most(json: &str, max_keys: usize) -> Result<Self, Problem> {
        let read = jwk::read_public(json, max_keys).map_err(|problem| problem.for_field(FIELD))?;
        let mut names = HashSet::new();
        if !read
            .iter()
            .filter_map(|it| it.key_id.as_deref())
            .all(|name| names.insert(name))
        {
            return Err(Problem::new(
                FIELD,
                "has two keys with the same `kid`",
                "give each key a different ID",
            ));
        }
        let keys: Vec<VerifyingKey> = read.into_iter().filter_map(|it| it.key.ok()).collect();
        let secrets = keys.iter().filter(|key| is_secret(key)).count();
        if secrets != 0 && secrets != keys.len() {
            return Err(with_secret());
        }
        Ok(Self(keys))
    }

    /// Reads a set of public keys.
    fn parse_public(json: &str) -> Result<Self, Problem> {
        Self::parse_fetched(json, usize::MAX)
    }

    /// Reads a set of public keys from a server, with at most so many keys.
    pub(crate) fn parse_fetched(json: &str, max_keys: usize) -> Result<Self, Problem> {
        let set = Self::parse_at_most(json, max_keys)?;
        if set.0.iter().any(is_secret) {
            return Err(with_secret());
        }
        Ok(set)
    }

    /// Reads a set of public keys from the configuration, where a set without a usable key is a mistake.
    pub(crate) fn parse_configured(json: &str) -> Result<Self, Problem> {
        let set = Self::parse_public(json)?;
        if !set.0.is_empty() {
            return Ok(set);
        }
        let reasons: Vec<String> = jwk::read_public(json, usize::MAX)?
            .into_iter()
            .filter_map(|it| it.key.err())
            .map(|problem| problem.reason().to_owned())
            .collect();
        let reason = if reasons.is_empty() {
            "has no key".to_owned()
        } else {
            format!("has no usable key: it {}", reasons.join("; it "))
        };
        let remedy = "give the set as `/auth/v1/.well-known/jwks.json` shows it";
        Err(Problem::new(FIELD, reason, remedy))
    }

    /// The keys with this `kid`; without a `kid`, the keys that have none.
    pub(crate) fn with_key_id<'a>(
        &'a self,
        key_id: Option<&'a str>,
    ) -> impl Iterator<Item = &'a VerifyingKey> {
        self.0.iter().filter(move |key| key.key_id() == key_id)
    }
}

const FIELD: &str = "jwks";

fn is_secret(key: &VerifyingKey) -> bool {
    key.algorithm() == Algorithm::Hs256
}

fn with_secret() -> Problem {
    Problem::new(
        FIELD,
        "contains a shared secret, which must not be public",
        "remove it from the set, and set it with `.hs256(..)`",
    )
}
