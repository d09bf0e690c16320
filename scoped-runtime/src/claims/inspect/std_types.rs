//! [`Inspect`] for the types of the standard library that serde serialises and that can occur in claims.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::num::{NonZeroI16, NonZeroI32, NonZeroI64, NonZeroU16, NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{Class, Inspect};
use crate::claims::{Claim, ClaimKind, NoClaims};

/// Implements [`Inspect`] for types by their kind, class, class in a list, and whether they are text as a key.
macro_rules! values {
    ($($kind:ident $class:ident $in_list:ident $is_text_as_key:literal: $($ty:ty),*;)*) => {$($(
        impl Inspect for $ty {
            const KIND: ClaimKind = ClaimKind::$kind;
            const CLASS: Class = Class::$class;
            const IN_LIST: Class = Class::$in_list;
            const IS_TEXT_AS_KEY: bool = $is_text_as_key;
        }
    )*)*};
}

values! {
    Text Fine Fine true: str, String, char, Path, PathBuf;
    Uuid Fine Fine true: uuid::Uuid;
    Integer Fine Bytes false: u8;
    Integer Fine Fine false: i8, u16, i16, u32, i32, u64, i64, u128, i128, usize, isize;
    Integer Fine Fine false: NonZeroU16, NonZeroU32, NonZeroU64, NonZeroI16, NonZeroI32, NonZeroI64;
    Boolean Fine Fine false: bool;
    Float Float Float false: f32, f64;
    Object Time Time false: SystemTime, Duration;
    List Bytes Bytes false: CStr, CString, OsStr, OsString;
    Object Fine Fine false: NoClaims, serde_json::Map<String, serde_json::Value>;
    Any Fine Fine false: serde_json::Value;
    Any Null Fine false: ();
}

/// Implements [`Inspect`] for pointers, which serde serialises as the value that they point to.
macro_rules! transparent {
    ($($ty:ty $(, $bound:ident)?;)*) => {$(
        impl<T: Inspect $(+ $bound)? + ?Sized> Inspect for $ty {
            const KIND: ClaimKind = T::KIND;
            const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;
            const CLASS: Class = T::CLASS;
            const IN_LIST: Class = T::IN_LIST;
            const IS_TEXT_AS_KEY: bool = T::IS_TEXT_AS_KEY;
        }
    )*};
}

transparent! { &T; Box<T>; Rc<T>; Arc<T>; Cow<'_, T>, ToOwned; }

/// Keeps the default `IN_LIST`: a list of optional bytes is not a buffer of bytes.
impl<T: Inspect> Inspect for Option<T> {
    const KIND: ClaimKind = T::KIND;
    const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;
    const CLASS: Class = T::CLASS;
    const IS_TEXT_AS_KEY: bool = T::IS_TEXT_AS_KEY;
}

/// Implements [`Inspect`] for lists. A list of bytes is a buffer of bytes; a set or a linked list is not.
macro_rules! lists {
    ($($ty:ty $(, $extra:ident)? => $class:ident;)*) => {$(
        impl<T: Inspect $(, $extra)?> Inspect for $ty {
            const KIND: ClaimKind = ClaimKind::List;
            const CLASS: Class = T::$class;
        }
    )*};
}

lists! {
    Vec<T> => IN_LIST;
    [T] => IN_LIST;
    VecDeque<T> => IN_LIST;
    LinkedList<T> => CLASS;
    HashSet<T, S>, S => CLASS;
    BTreeSet<T> => CLASS;
}

impl<T: Inspect, const N: usize> Inspect for [T; N] {
    const KIND: ClaimKind = ClaimKind::List;
    const CLASS: Class = T::IN_LIST;
}

macro_rules! maps {
    ($($ty:ty $(, $extra:ident)?;)*) => {$(
        impl<K: Inspect, V: Inspect $(, $extra)?> Inspect for $ty {
            const KIND: ClaimKind = ClaimKind::Object;
            const CLASS: Class = Class::of_map(K::IS_TEXT_AS_KEY, V::CLASS);
        }
    )*};
}

maps! { HashMap<K, V, S>, S; BTreeMap<K, V>; }
