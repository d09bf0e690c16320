//! Small numbers in sets, and numbers that may be absent, are no bytes.

use std::collections::{BTreeMap, BTreeSet, HashSet, LinkedList};

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

#[scoped_claims]
struct Numbers {
    levels: Vec<Option<u8>>,
    pair: [Option<u8>; 2],
    set: BTreeSet<u8>,
    hashed: Option<HashSet<u8>>,
    sets: Vec<BTreeSet<u8>>,
    linked: LinkedList<u8>,
    by_name: BTreeMap<String, u8>,
    signed: Vec<i8>,
}

pub(crate) fn main() {
    let numbers = Numbers {
        levels: vec![Some(1), None],
        pair: [None, Some(2)],
        set: BTreeSet::from([3]),
        hashed: Some(HashSet::from([4])),
        sets: vec![BTreeSet::from([5])],
        linked: LinkedList::from([6]),
        by_name: BTreeMap::from([("a".to_owned(), 7)]),
        signed: vec![-8],
    };
    numbers.check().unwrap();
    let written = serde_json::to_value(&numbers).unwrap();
    let expected = json!({
        "levels": [1, null], "pair": [null, 2], "set": [3], "hashed": [4], "sets": [[5]], "linked": [6],
        "by_name": { "a": 7 }, "signed": [-8],
    });
    assert_eq!(written, expected);
}
