use std::collections::HashSet;

use super::{Algorithm, VerifyingKey, jwk};
use crate::error::Problem;

/// The keys that a project trusts (RFC 7517, section 5): public ones, or shared secrets, never both.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeySet(Vec<VerifyingKey>);

impl KeySet {
    /// Reads a set. Keys that cannot be used are left out, as RFC 7517, section 5, says: a project may
    /// have some that only others understand.
    pub(crate) fn parse(json: &str) -> Result<Self, Problem> {
        Self::parse_some(json, usize::MAX)
    }

    fn parse_some(json: &str, max_keys: usize) -> Result<Self, Problem> {
        let read = jwk::read_public(json, max_keys).map_err(|problem| problem.of(FIELD))?;
        let mut names = HashSet::new();
        if !read
            .iter()
            .filter_map(|it| it.key_id.as_deref())
            .all(|name| names.insert(name))
        {
            return Err(Problem::new(
                FIELD,
                "has two keys with one `kid`",
                "give each key an ID of its own",
            ));
        }
        let keys: Vec<VerifyingKey> = read.into_iter().filter_map(|it| it.key.ok()).collect();
        let secrets = keys.iter().filter(|key| is_secret(key)).count();
        if secrets != 0 && secrets != keys.len() {
            return Err(with_secret());
        }
        Ok(Self(keys))
    }

    /// The same, of public keys only.
    pub(crate) fn parse_public(json: &str) -> Result<Self, Problem> {
        Self::parse_listed(json, usize::MAX)
    }

    /// The same from a server, which may list no more than so many.
    pub(crate) fn parse_listed(json: &str, max_keys: usize) -> Result<Self, Problem> {
        let set = Self::parse_some(json, max_keys)?;
        if set.0.iter().any(is_secret) {
            return Err(with_secret());
        }
        Ok(set)
    }

    /// As a person wrote it, so that no usable key is a mistake.
    pub(crate) fn parse_given(json: &str) -> Result<Self, Problem> {
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

    /// The keys that a token may mean: a `kid` names one, and no `kid` those without.
    pub(crate) fn named<'a>(
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
        "has a shared secret, which no public set may have",
        "take it out, and give it with `.hs256(..)`",
    )
}
