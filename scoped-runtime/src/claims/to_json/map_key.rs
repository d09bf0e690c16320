//! Serialises the keys of maps as the text that `serde_json` writes for them.

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::ClaimError;
use super::error::KEY;

pub(super) struct MapKey;

type Unsupported = Impossible<String, ClaimError>;

macro_rules! texts {
    ($($name:ident: $ty:ty)*) => {$(
        fn $name(self, value: $ty) -> Result<String, ClaimError> {
            Ok(value.to_string())
        }
    )*};
}

impl Serializer for MapKey {
    type Ok = String;
    type Error = ClaimError;
    type SerializeSeq = Unsupported;
    type SerializeTuple = Unsupported;
    type SerializeTupleStruct = Unsupported;
    type SerializeTupleVariant = Unsupported;
    type SerializeMap = Unsupported;
    type SerializeStruct = Unsupported;
    type SerializeStructVariant = Unsupported;

    texts! {
        serialize_bool: bool
        serialize_i8: i8
        serialize_i16: i16
        serialize_i32: i32
        serialize_i64: i64
        serialize_i128: i128
        serialize_u8: u8
        serialize_u16: u16
        serialize_u32: u32
        serialize_u64: u64
        serialize_u128: u128
        serialize_char: char
        serialize_str: &str
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<String, ClaimError> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<String, ClaimError> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<String, ClaimError> {
        value.serialize(self)
    }

    fn serialize_f32(self, _: f32) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_f64(self, _: f64) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_none(self) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_unit(self) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<String, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_tuple(self, _: usize) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Unsupported, ClaimError> {
        Err(ClaimError::rule(KEY))
    }
}
