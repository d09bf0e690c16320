//! A struct that has itself in it, also by the name `Self`.

use scoped_runtime::{ClaimKind, ScopedClaims, scoped_claims};
use serde_json::{from_value, json, to_value};

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Unit {
    name: String,
    parts: Vec<Unit>,
    lead: Option<Box<Self>>,
}

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Inside<T> {
    #[claim(under = "app_metadata")]
    value: T,
    next: Option<Box<Self>>,
}

pub(crate) fn main() {
    let unit = |name: &str| Unit { name: name.to_owned(), parts: Vec::new(), lead: None };
    let tree = Unit { parts: vec![unit("a")], lead: Some(Box::new(unit("b"))), ..unit("root") };
    let written = to_value(&tree).unwrap();
    assert_eq!(
        written,
        json!({
            "name": "root",
            "parts": [{ "name": "a", "parts": [] }],
            "lead": { "name": "b", "parts": [] },
        })
    );
    assert_eq!(from_value::<Unit>(written).unwrap(), tree);
    assert_eq!(Unit::CLAIMS[2].kind(), ClaimKind::Object);

    let inside = Inside { value: 1_u8, next: Some(Box::new(Inside { value: 2, next: None })) };
    let written = to_value(&inside).unwrap();
    assert_eq!(
        written,
        json!({ "app_metadata": { "value": 1 }, "next": { "app_metadata": { "value": 2 } } })
    );
    assert_eq!(from_value::<Inside<u8>>(written).unwrap(), inside);
}
