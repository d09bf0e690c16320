//! What a field's type says about a claim, asked by generated code. Known types answer through
//! [`Inspect`]; every other type may be a claim, and nothing is asked of it but `Serialize`.

mod enum_values;
mod std_types;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::{Claim, ClaimKind};

/// What can be the value of a claim: everything that serde can serialise. Do not implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a claim",
    label = "does not implement `Serialize`",
    note = "derive `serde::Serialize` for it, turn on the feature `serde` of its crate (for `Rc` and `Arc`, \
            the feature `rc` of serde), serialise it with `#[serde(with = \"...\")]`, or leave the field out \
            with `#[claim(skip)]`"
)]
pub trait ClaimValue {
    #[doc(hidden)]
    fn serialize_claim<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> ClaimValue for T {
    fn serialize_claim<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

/// A type of which something is known.
pub trait Inspect {
    /// What it is in JSON.
    const KIND: ClaimKind;
    /// What its members are, if it is a struct of claims.
    const CLAIMS: Option<&'static [Claim]> = None;
    /// Whether it can be a claim.
    const CLASS: Class = Class::Fine;
    /// The same for a sequence of it.
    const IN_LIST: Class = Self::CLASS;
    /// Whether it is text as the key of a map.
    const IS_TEXT_AS_KEY: bool = false;
}

/// Why a type cannot be a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It can be one.
    Fine,
    /// It is a floating-point number, or has one.
    Float,
    /// It is bytes.
    Bytes,
    /// It is a map whose keys are not text.
    Keys,
    /// It is a time that serde writes with a fraction or as an object.
    Time,
    /// It has one value, which JSON writes as `null`.
    Null,
}

impl Class {
    /// The class of a map.
    const fn of_map(has_text_keys: bool, values: Self) -> Self {
        if has_text_keys { values } else { Self::Keys }
    }
}

/// Refuses a type that cannot be a claim, in the constant that asks: the compiler shows this text, and
/// the caller's place.
#[track_caller]
#[allow(clippy::missing_panics_doc, reason = "that is what it is for")]
pub const fn accept(class: Class, allows_float: bool) {
    match class {
        Class::Float if !allows_float => panic!(
            "a floating-point number cannot be a claim: policies that read whole numbers or times take a \
             fraction for 0 or fail; use an integer, or allow it with `#[claim(allow_float)]`"
        ),
        Class::Fine | Class::Float => {}
        Class::Bytes => panic!(
            "bytes cannot be a claim: JSON has none, and a list of numbers is of no use to a policy; use \
             text, as with `#[serde(with = \"...\")]`"
        ),
        Class::Keys => panic!(
            "a map whose keys are not text cannot be a claim: the names in a JSON object are text; use \
             `String` keys"
        ),
        Class::Time => panic!(
            "a time that is not a number of seconds cannot be a claim: policies compare times as whole \
             seconds; use `u64` or `i64`, or serialise it as one with `#[serde(with = \"...\")]`"
        ),
        Class::Null => panic!(
            "a type whose only value is `null` cannot be a claim: a token has no such claim, so that it \
             could not be read back; remove the field, or use `bool`"
        ),
    }
}

/// Asks a type. Its inherent items win where the type is known, else those of [`Other`].
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Probe<T> {
    /// The question.
    pub const NEW: Self = Self(PhantomData);
}

impl<T: Inspect + ?Sized> Probe<T> {
    /// What the type is in JSON.
    pub const KIND: ClaimKind = T::KIND;

    /// What its members are, if it is a struct of claims.
    pub const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;

    /// Whether it can be a claim.
    pub const CLASS: Class = T::CLASS;
}

impl<T: DeserializeOwned> Probe<T> {
    /// The values of an enum, as serde names them.
    pub fn values(&self) -> Option<&'static [&'static str]> {
        enum_values::enum_values::<T>()
    }
}

/// The answers for types of which nothing is known.
pub trait Other {
    /// Only its `Serialize` knows.
    const KIND: ClaimKind = ClaimKind::Any;

    /// Nobody knows.
    const CLAIMS: Option<&'static [Claim]> = None;

    /// Nothing speaks against it.
    const CLASS: Class = Class::Fine;

    /// Nobody can ask it.
    fn values(&self) -> Option<&'static [&'static str]> {
        None
    }
}

impl<T: ?Sized> Other for Probe<T> {}
