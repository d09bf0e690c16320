//! Compile-time inspection of the types of claims by generated code. Types of the standard library, and
//! structs of claims, implement [`Inspect`]; any other type needs only `Serialize` to be a claim.

mod enum_values;
mod std_types;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::{Claim, ClaimKind};

/// The value of a claim. Every type that implements `Serialize` implements this trait; do not implement it
/// yourself.
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

// Hidden, since the documentation of every type of this crate with `Serialize` would show it.
#[doc(hidden)]
#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> ClaimValue for T {
    fn serialize_claim<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

/// A type whose properties are known at compile time.
pub trait Inspect {
    /// The type in JSON.
    const KIND: ClaimKind;
    /// The claims inside, for a struct of claims.
    const CLAIMS: Option<&'static [Claim]> = None;
    /// Whether the type can be a claim.
    const CLASS: Class = Class::Fine;
    /// Whether a list of the type can be a claim.
    const IN_LIST: Class = Self::CLASS;
    /// Whether serde writes the type as text when it is the key of a map.
    const IS_TEXT_AS_KEY: bool = false;
}

/// Whether a type can be a claim, and if not, the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The type can be a claim.
    Fine,
    /// The type is or contains a floating-point number.
    Float,
    /// The type is a buffer of bytes.
    Bytes,
    /// The type is a map whose keys are not text.
    Keys,
    /// The type is a time that serde writes with a fraction or as an object.
    Time,
    /// The only value of the type is `null` in JSON.
    Null,
}

impl Class {
    /// The class of a map.
    const fn of_map(has_text_keys: bool, values: Self) -> Self {
        if has_text_keys { values } else { Self::Keys }
    }
}

/// Refuses a type that cannot be a claim, by a panic while a constant is evaluated: the compiler shows the
/// text of the panic and the location of the caller.
#[track_caller]
#[allow(clippy::missing_panics_doc, reason = "the panic is the purpose")]
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

/// Inspects a type. For a type with [`Inspect`], the inherent constants take precedence over those of
/// [`Other`], which every type has.
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Probe<T> {
    /// A value of the probe, for its methods.
    pub const NEW: Self = Self(PhantomData);
}

impl<T: Inspect + ?Sized> Probe<T> {
    /// The type in JSON.
    pub const KIND: ClaimKind = T::KIND;

    /// The claims inside, for a struct of claims.
    pub const CLAIMS: Option<&'static [Claim]> = T::CLAIMS;

    /// Whether the type can be a claim.
    pub const CLASS: Class = T::CLASS;
}

impl<T: DeserializeOwned> Probe<T> {
    /// The variants of an enum, as serde names them.
    pub fn values(&self) -> Option<&'static [&'static str]> {
        enum_values::enum_values::<T>()
    }
}

/// The properties of types without [`Inspect`].
pub trait Other {
    /// The type in JSON depends on its `Serialize` implementation.
    const KIND: ClaimKind = ClaimKind::Any;

    /// The claims inside are unknown.
    const CLAIMS: Option<&'static [Claim]> = None;

    /// The type is accepted.
    const CLASS: Class = Class::Fine;

    /// The variants are unknown, since the type does not implement `Deserialize`.
    fn values(&self) -> Option<&'static [&'static str]> {
        None
    }
}

impl<T: ?Sized> Other for Probe<T> {}
