//! The types that are known, all of the standard library's that serde serialises and that may matter.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::num::{NonZeroI16, NonZeroI32, NonZeroI64, NonZeroU16, NonZeroU32, NonZeroU64};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{Bytes, Fine, Float, Inspect, Key, Keys, Time};
use crate::claims::{Claim, ClaimKind, NoClaims};

/// Values: kind, class, class in a list, class as a key.
macro_rules! values {
    ($($kind:ident $class:ident $in_list:ident $as_key:ident: $($ty:ty),*;)*) => {$($(
        impl Inspect for $ty {
            const KIND: ClaimKind = ClaimKind::$kind;
            type Class = $class;
            type InList = $in_list;
            type AsKey = $as_key;
        }
    )*)*};
}

values! {
    Text Fine Fine Fine: str, String, char;
    Uuid Fine Fine Fine: uuid::Uuid;
    Integer Fine Bytes Keys: u8;
    Integer Fine Fine Keys: i8, u16, i16, u32, i32, u64, i64, u128, i128, usize, isize;
    Integer Fine Fine Keys: NonZeroU16, NonZeroU32, NonZeroU64, NonZeroI16, NonZeroI32, NonZeroI64;
    Boolean Fine Fine Keys: bool;
    Float Float Float Keys: f32, f64;
    Object Time Time Keys: SystemTime, Duration;
    Object Fine Fine Keys: NoClaims, serde_json::Map<String, serde_json::Value>;
    Any Fine Fine Keys: (), serde_json::Value;
}

/// Whatever serde looks through.
macro_rules! transparent {
    ($($ty:ty),*) => {$(
        impl<T: Inspect + ?Sized> Inspect for $ty {
            const KIND: ClaimKind = T::KIND;
            const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;
            type Class = T::Class;
            type InList = T::InList;
            type AsKey = T::AsKey;
        }
    )*};
}

transparent!(&T, Box<T>, Rc<T>, Arc<T>);

impl<T: Inspect> Inspect for Option<T> {
    const KIND: ClaimKind = T::KIND;
    const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;
    type Class = T::Class;
    type InList = T::InList;
    type AsKey = T::AsKey;
}

impl<T: Inspect + ToOwned + ?Sized> Inspect for Cow<'_, T> {
    const KIND: ClaimKind = T::KIND;
    const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;
    type Class = T::Class;
    type InList = T::InList;
    type AsKey = T::AsKey;
}

/// A list of bytes is bytes, however deep.
macro_rules! lists {
    ($($ty:ty $(, $extra:ident)?;)*) => {$(
        impl<T: Inspect $(, $extra)?> Inspect for $ty {
            const KIND: ClaimKind = ClaimKind::List;
            type Class = T::InList;
            type InList = T::InList;
            type AsKey = Keys;
        }
    )*};
}

lists! { Vec<T>; [T]; VecDeque<T>; LinkedList<T>; HashSet<T, S>, S; BTreeSet<T>; }

impl<T: Inspect, const N: usize> Inspect for [T; N] {
    const KIND: ClaimKind = ClaimKind::List;
    type Class = T::InList;
    type InList = T::InList;
    type AsKey = Keys;
}

macro_rules! maps {
    ($($ty:ty $(, $extra:ident)?;)*) => {$(
        impl<K: Inspect, V: Inspect $(, $extra)?> Inspect for $ty {
            const KIND: ClaimKind = ClaimKind::Object;
            type Class = <K::AsKey as Key>::With<V::Class>;
            type InList = <K::AsKey as Key>::With<V::Class>;
            type AsKey = Keys;
        }
    )*};
}

maps! { HashMap<K, V, S>, S; BTreeMap<K, V>; }
