//! Parameters are asked for no more than serde asks, and for what a client needs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

#[scoped_claims]
#[derive(Clone)]
struct Tenant<T, K: Ord = String, const N: usize = 2>
where
    T: Debug + Clone,
{
    plan: T,
    seats: Option<T>,
    by_name: BTreeMap<K, Vec<T>>,
    marker: PhantomData<[u8; N]>,
}

/// Neither serialised nor a reason to ask for it.
struct Marker;

#[scoped_claims]
struct Marked<M> {
    plan: String,
    #[serde(skip)]
    marker: PhantomData<M>,
}

#[scoped_claims]
struct Sized<const N: usize> {
    plan: &'static str,
}

#[scoped_claims]
#[serde(bound = "T: ToString + std::str::FromStr")]
struct Bound<T> {
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    plan: T,
}

fn as_text<T: ToString, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    S: scoped_runtime::__private::serde::Serializer,
{
    serializer.serialize_str(&value.to_string())
}

fn from_text<'de, T: std::str::FromStr, D>(deserializer: D) -> Result<T, D::Error>
where
    D: scoped_runtime::__private::serde::Deserializer<'de>,
{
    use scoped_runtime::__private::serde::{Deserialize, de::Error};
    String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("no such value"))
}

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

pub(crate) fn main() {
    let tenant = Tenant {
        plan: 1_u8,
        seats: None,
        by_name: BTreeMap::from([("a".to_owned(), vec![2])]),
        marker: PhantomData::<[u8; 3]>,
    };
    let written = serde_json::to_value(tenant.clone()).unwrap();
    assert_eq!(written, json!({ "plan": 1, "by_name": { "a": [2] }, "marker": null }));
    let read: Tenant<u8, String, 3> = serde_json::from_value(written).unwrap();
    assert_eq!((read.plan, read.seats, read.by_name), (1, None, tenant.by_name));
    assert_eq!(names::<Tenant<u8>>(), ["plan", "seats", "by_name", "marker"]);

    let marked = Marked { plan: "free".to_owned(), marker: PhantomData::<Marker> };
    let written = serde_json::to_value(&marked).unwrap();
    assert_eq!(written, json!({ "plan": "free" }));
    assert_eq!(serde_json::from_value::<Marked<Marker>>(written).unwrap().plan, "free");
    assert_eq!(names::<Marked<Marker>>(), ["plan"]);

    let written = serde_json::to_string(&Sized::<3> { plan: "free" }).unwrap();
    assert_eq!(written, r#"{"plan":"free"}"#);
    // Text that is borrowed for ever is read from text that lives as long.
    assert_eq!(serde_json::from_str::<Sized<3>>(written.leak()).unwrap().plan, "free");
    assert_eq!(names::<Sized<3>>(), ["plan"]);

    let written = serde_json::to_value(Bound { plan: 'x' }).unwrap();
    assert_eq!(written, json!({ "plan": "x" }));
    assert_eq!(serde_json::from_value::<Bound<char>>(written).unwrap().plan, 'x');
    assert_eq!(names::<Bound<char>>(), ["plan"]);

    // Still a type, though no set of claims.
    let _ = Marked { plan: String::new(), marker: PhantomData::<Cell<u8>> };
}
