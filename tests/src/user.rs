use std::hash::{BuildHasher, RandomState};

use uuid::Uuid;

/// A user that no other test uses.
#[must_use]
pub fn new_user() -> Uuid {
    let random = |half: u8| RandomState::new().hash_one(half);
    uuid::Builder::from_random_bytes(Uuid::from_u64_pair(random(1), random(2)).into_bytes())
        .into_uuid()
}
