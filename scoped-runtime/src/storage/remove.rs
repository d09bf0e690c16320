use std::collections::HashSet;
use std::sync::Arc;

use http::Method;
use serde::{Deserialize, Serialize};

use super::key::check_key;
use super::request::{bucket_target, json_request};
use crate::client::Core;
use crate::error::Error;
use crate::transport::Retry;

/// What [`Bucket::remove`](super::Bucket::remove) did: each key is in one of the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removed {
    /// The keys of the objects that were removed.
    pub removed: Vec<String>,
    /// The keys that were not: the object does not exist, or the user may not delete it. Storage does not tell the
    /// two apart.
    pub not_removed: Vec<String>,
}

/// How many keys one request has: with the longest ones, half of the 1 MiB that Storage reads.
const BATCH: usize = 500;

#[derive(Serialize)]
struct Prefixes<'a> {
    prefixes: &'a [String],
}

#[derive(Deserialize)]
struct Row {
    name: String,
}

/// Removes the keys, batch by batch. Storage returns the rows that it deleted, and leaves out the others.
pub(super) async fn remove(
    core: Arc<Core>,
    bucket: Arc<str>,
    keys: Vec<String>,
) -> Result<Removed, Error> {
    let mut seen = HashSet::new();
    let mut unique = Vec::with_capacity(keys.len());
    for key in keys {
        check_key(&key)?;
        if seen.insert(key.clone()) {
            unique.push(key);
        }
    }
    let target = bucket_target("object/", &bucket)?;
    let mut outcome = Removed::default();
    for batch in unique.chunks(BATCH) {
        let body = Prefixes { prefixes: batch };
        let mut request = json_request(Method::DELETE, target.clone(), &body)?;
        // A second try would find nothing, and report what the first one removed as not removed.
        request.retry = Retry::Reads;
        let rows: Vec<Row> = core.send(&request).await?.json()?;
        let deleted: HashSet<String> = rows.into_iter().map(|row| row.name).collect();
        for key in batch {
            let list = if deleted.contains(key) {
                &mut outcome.removed
            } else {
                &mut outcome.not_removed
            };
            list.push(key.clone());
        }
    }
    Ok(outcome)
}
