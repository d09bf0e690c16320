//! What a field's type says about a claim, asked by generated code. Known types answer through
//! [`Inspect`]; every other type may be a claim, and nothing is asked of it but `Serialize`.

mod known;
mod values;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::{Claim, ClaimKind};

/// What can be the value of a claim: everything that serde can serialise. Do not implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a claim",
    label = "does not implement `Serialize`",
    note = "derive `serde::Serialize` for it, turn on the feature `serde` of its crate, serialise it with \
            `#[serde(with = \"...\")]`, or leave the field out with `#[claim(skip)]`"
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
    /// Why it cannot be a claim, or [`Fine`].
    type Class;
    /// The same for a list of it.
    type InList;
    /// The same for a map with such keys.
    type AsKey: Key;
}

/// Whether a map's keys are text.
pub trait Key {
    /// The class of a map whose values have this one.
    type With<Value>;
}

/// It can be a claim.
pub struct Fine;
/// It is a floating-point number, or has one.
pub struct Float;
/// It is bytes.
pub struct Bytes;
/// It is a map whose keys are no text.
pub struct Keys;
/// It is a time that serde writes with a fraction or as an object.
pub struct Time;

impl Key for Fine {
    type With<Value> = Value;
}

impl Key for Keys {
    type With<Value> = Keys;
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

    /// Why it cannot be a claim, or [`Fine`].
    pub const fn class(&self) -> PhantomData<T::Class> {
        PhantomData
    }
}

impl<T: DeserializeOwned> Probe<T> {
    /// The values of an enum, as serde names them.
    pub fn values(&self) -> Option<&'static [&'static str]> {
        values::values::<T>()
    }
}

/// The answers for types of which nothing is known.
pub trait Other {
    /// Only its `Serialize` knows.
    const KIND: ClaimKind = ClaimKind::Any;

    /// Nobody knows.
    const CLAIMS: Option<&'static [Claim]> = None;

    /// Nobody can ask it.
    fn values(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// Nothing speaks against it.
    fn class(&self) -> PhantomData<Fine> {
        PhantomData
    }
}

impl<T: ?Sized> Other for Probe<T> {}

macro_rules! objections {
    ($($name:ident($but:ident): $message:literal, $label:literal, $note:literal;)*) => {$(
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $name<T: ?Sized> {}
        objections!(@others $name $but);
    )*};
    (@others $name:ident Float) => { objections!(@impl $name Fine Bytes Keys Time); };
    (@others $name:ident Bytes) => { objections!(@impl $name Fine Float Keys Time); };
    (@others $name:ident Keys) => { objections!(@impl $name Fine Float Bytes Time); };
    (@others $name:ident Time) => { objections!(@impl $name Fine Float Bytes Keys); };
    (@impl $name:ident $($class:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: ?Sized> $name<T> for $class {}
    )*};
}

objections! {
    NotFloat(Float):
        "`{T}` cannot be a claim",
        "a floating-point number",
        "policies that read whole numbers or times take a fraction for 0 or fail; use an integer, or \
         allow it with `#[claim(allow_float)]`";
    NotBytes(Bytes):
        "`{T}` cannot be a claim",
        "bytes",
        "JSON has no bytes, and a list of numbers is of no use to a policy; use text, as with \
         `#[serde(with = \"...\")]`";
    TextKeys(Keys):
        "`{T}` cannot be a claim",
        "a map whose keys are not text",
        "the names in a JSON object are text; use `String` keys";
    NotTime(Time):
        "`{T}` cannot be a claim",
        "not a number of seconds",
        "policies compare times as whole seconds; use `u64` or `i64`, or serialise it as one with \
         `#[serde(with = \"...\")]`";
}

/// Calls for each objection, whose bounds hold or explain themselves.
pub mod accept {
    use super::{NotBytes, NotFloat, NotTime, PhantomData, Probe, TextKeys};

    /// It is no floating-point number and has none.
    pub const fn float<T: ?Sized, Class: NotFloat<T>>(_: &Probe<T>, _: PhantomData<Class>) {}
    /// It is no bytes.
    pub const fn bytes<T: ?Sized, Class: NotBytes<T>>(_: &Probe<T>, _: PhantomData<Class>) {}
    /// It is no map with other keys than text.
    pub const fn keys<T: ?Sized, Class: TextKeys<T>>(_: &Probe<T>, _: PhantomData<Class>) {}
    /// It is no time that serde writes with a fraction or as an object.
    pub const fn time<T: ?Sized, Class: NotTime<T>>(_: &Probe<T>, _: PhantomData<Class>) {}
}
