//! Serialises claims as JSON. A value that `serde_json` would silently drop, truncate or change is an error
//! here, with the path of the value.

mod collections;
mod error;
mod map_key;

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use collections::{ListSerializer, ObjectSerializer, VariantSerializer};
pub(crate) use error::ClaimError;
pub(super) use error::Reason;
use error::{BYTES, NOT_FINITE, NULL, TOO_LARGE, UNPARSED};
use map_key::MapKey;

/// The serialiser of claims. The output of the macros uses it.
#[derive(Clone, Copy)]
pub struct ToJson {
    level: Level,
    depth: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The object of all claims.
    Root,
    /// The value of a claim. `None` leaves the claim out; every other `null` is an error.
    Claim,
    /// The value inside of a claim's `Option`.
    Optional,
    /// A value inside of a claim.
    Nested,
}

/// The deepest nesting, at which JSON parsers stop; it also bounds the recursion.
const MAX_DEPTH: usize = 127;

/// The prefix of names that `serde_json` uses internally. It parses the text in an object of such a name as
/// JSON, without a check.
pub(crate) const PRIVATE: &str = "$serde_json::private::";

const NUMBER: &str = "$serde_json::private::Number";

impl ToJson {
    /// The serialiser of the object of all claims.
    pub const ROOT: Self = Self {
        level: Level::Root,
        depth: 0,
    };

    /// The serialiser of one claim.
    pub(super) const CLAIM: Self = Self {
        level: Level::Claim,
        depth: 1,
    };

    /// The serialiser of the values inside.
    fn inner(self) -> Result<Self, ClaimError> {
        if self.depth == MAX_DEPTH {
            return Err(ClaimError::new(Reason::Nested));
        }
        let level = match self.level {
            Level::Root => Level::Claim,
            _ => Level::Nested,
        };
        Ok(Self {
            level,
            depth: self.depth + 1,
        })
    }

    fn null(self) -> Result<Value, ClaimError> {
        match self.level {
            Level::Claim | Level::Optional => Err(ClaimError::rule(NULL)),
            Level::Root | Level::Nested => Ok(Value::Null),
        }
    }
}

macro_rules! numbers {
    ($($name:ident: $ty:ty)*) => {$(
        fn $name(self, value: $ty) -> Result<Value, ClaimError> {
            Ok(value.into())
        }
    )*};
}

impl Serializer for ToJson {
    type Ok = Value;
    type Error = ClaimError;
    type SerializeSeq = ListSerializer;
    type SerializeTuple = ListSerializer;
    type SerializeTupleStruct = ListSerializer;
    type SerializeTupleVariant = VariantSerializer<ListSerializer>;
    type SerializeMap = ObjectSerializer;
    type SerializeStruct = ObjectSerializer;
    type SerializeStructVariant = VariantSerializer<ObjectSerializer>;

    numbers! {
        serialize_bool: bool
        serialize_i8: i8
        serialize_i16: i16
        serialize_i32: i32
        serialize_i64: i64
        serialize_u8: u8
        serialize_u16: u16
        serialize_u32: u32
        serialize_u64: u64
    }

    fn serialize_i128(self, value: i128) -> Result<Value, ClaimError> {
        let value = i64::try_from(value)
            .map(Value::from)
            .or_else(|_| u64::try_from(value).map(Value::from));
        value.map_err(|_| ClaimError::rule(TOO_LARGE))
    }

    fn serialize_u128(self, value: u128) -> Result<Value, ClaimError> {
        let value = u64::try_from(value);
        value
            .map(Value::from)
            .map_err(|_| ClaimError::rule(TOO_LARGE))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, ClaimError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, ClaimError> {
        let number = Number::from_f64(value).ok_or(ClaimError::rule(NOT_FINITE))?;
        Ok(number.into())
    }

    fn serialize_char(self, value: char) -> Result<Value, ClaimError> {
        Ok(value.to_string().into())
    }

    fn serialize_str(self, value: &str) -> Result<Value, ClaimError> {
        Ok(value.into())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, ClaimError> {
        Err(ClaimError::rule(BYTES))
    }

    fn serialize_none(self) -> Result<Value, ClaimError> {
        match self.level {
            Level::Optional => self.null(),
            _ => Ok(Value::Null),
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ClaimError> {
        let level = match self.level {
            Level::Claim => Level::Optional,
            level => level,
        };
        value.serialize(Self { level, ..self })
    }

    fn serialize_unit(self) -> Result<Value, ClaimError> {
        self.null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, ClaimError> {
        self.null()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, ClaimError> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, ClaimError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, ClaimError> {
        let mut members = ObjectSerializer::new(self)?;
        members.add(variant.to_owned(), value)?;
        Ok(members.finish())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<ListSerializer, ClaimError> {
        ListSerializer::new(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<ListSerializer, ClaimError> {
        ListSerializer::new(self)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<ListSerializer, ClaimError> {
        ListSerializer::new(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<VariantSerializer<ListSerializer>, ClaimError> {
        Ok(VariantSerializer(
            variant,
            ListSerializer::new(self.inner()?)?,
        ))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<ObjectSerializer, ClaimError> {
        ObjectSerializer::new(self)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<ObjectSerializer, ClaimError> {
        match name {
            NUMBER => ObjectSerializer::number(self),
            name if name.starts_with(PRIVATE) => Err(ClaimError::rule(UNPARSED)),
            _ => ObjectSerializer::new(self),
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<VariantSerializer<ObjectSerializer>, ClaimError> {
        Ok(VariantSerializer(
            variant,
            ObjectSerializer::new(self.inner()?)?,
        ))
    }
}
