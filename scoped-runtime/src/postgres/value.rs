//! One value of a row for serde, in the form that the same value has in `PostgREST`'s JSON.

use std::error::Error;

use serde::de::value::{SeqDeserializer, StringDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use tokio_postgres::types::{FromSql, Kind, Type};

use super::value_error::ValueError;
use super::value_text;

/// A value as it was sent; `None` for NULL.
pub(super) struct Raw<'a>(pub(super) Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// How deep domains and arrays are followed.
const MAX_DEPTH: usize = 8;

#[derive(Clone)]
pub(super) struct ValueDeserializer<'a> {
    ty: Type,
    raw: Option<&'a [u8]>,
    depth: usize,
}

/// A value of a type that serde has a method for.
enum Value<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    /// With the precision of the type.
    Float(f64),
    Float32(f32),
    /// A number in decimal, which may have more digits than a float.
    Decimal(String),
    Text(&'a str),
    Owned(String),
    Bytes(&'a [u8]),
    Json(&'a [u8]),
    List(Vec<ValueDeserializer<'a>>),
}

impl<'a> ValueDeserializer<'a> {
    pub(super) fn new(ty: &Type, raw: Option<&'a [u8]>) -> Self {
        Self {
            ty: ty.clone(),
            raw,
            depth: 0,
        }
    }

    fn value(&self) -> Result<Value<'a>, ValueError> {
        let Some(raw) = self.raw else {
            return Ok(Value::Null);
        };
        if let Kind::Domain(inner) = self.ty.kind() {
            return self.of(inner, self.raw)?.value();
        }
        if let Kind::Array(element) = self.ty.kind() {
            return self.list(element, raw);
        }
        if matches!(self.ty.kind(), Kind::Enum(_)) {
            return text(raw).map(Value::Text);
        }
        let malformed = || ValueError::new(format!("the value is not a `{}`", self.ty));
        let bytes8 = || {
            raw.try_into()
                .map(i64::from_be_bytes)
                .map_err(|_| malformed())
        };
        let bytes4 = || {
            raw.try_into()
                .map(i32::from_be_bytes)
                .map_err(|_| malformed())
        };
        Ok(match self.ty {
            Type::BOOL => Value::Bool(raw.first().is_some_and(|byte| *byte != 0)),
            Type::INT2 => Value::Integer(
                raw.try_into()
                    .map(i16::from_be_bytes)
                    .map_err(|_| malformed())?
                    .into(),
            ),
            Type::INT4 => Value::Integer(bytes4()?.into()),
            Type::INT8 => Value::Integer(bytes8()?),
            Type::OID => Value::Integer(bytes4()?.cast_unsigned().into()),
            Type::FLOAT4 => Value::Float32(f32::from_bits(bytes4()?.cast_unsigned())),
            Type::FLOAT8 => Value::Float(f64::from_bits(bytes8()?.cast_unsigned())),
            Type::NUMERIC if value_text::is_long_numeric(raw) => {
                return Err(ValueError::new(
                    "the number has too many digits; cast it in the SQL, as in `column::text`",
                ));
            }
            Type::NUMERIC => Value::Decimal(value_text::numeric(raw).ok_or_else(malformed)?),
            Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::CHAR
            | Type::NAME
            | Type::UNKNOWN
            | Type::XML => Value::Text(text(raw)?),
            Type::BYTEA => Value::Bytes(raw),
            Type::JSON | Type::JSONB => Value::Json(self.json().ok_or_else(malformed)?),
            Type::UUID => {
                let id = uuid::Uuid::from_slice(raw).map_err(|_| malformed())?;
                Value::Owned(id.hyphenated().to_string())
            }
            Type::TIMESTAMPTZ => Value::Owned(value_text::timestamp(bytes8()?, "+00:00")),
            Type::TIMESTAMP => Value::Owned(value_text::timestamp(bytes8()?, "")),
            Type::DATE => Value::Owned(value_text::date(bytes4()?)),
            Type::TIME => Value::Owned(value_text::time(bytes8()?)),
            Type::VOID => Value::Null,
            // `citext` of the extension of that name.
            _ if self.ty.name() == "citext" => Value::Text(text(raw)?),
            _ => {
                let name = &self.ty;
                let cause = format!(
                    "the type `{name}` is not read; cast it in the SQL, as in `column::text`"
                );
                return Err(ValueError::new(cause));
            }
        })
    }

    /// The text of a JSON value; `None` for NULL and for values of other types.
    fn json(&self) -> Option<&'a [u8]> {
        match *self.base_type() {
            Type::JSON => self.raw,
            // The first byte is the version of the format.
            Type::JSONB => self.raw?.get(1..),
            _ => None,
        }
    }

    /// The type below all domains.
    fn base_type(&self) -> &Type {
        let mut ty = &self.ty;
        while let Kind::Domain(inner) = ty.kind() {
            ty = inner;
        }
        ty
    }

    /// Whether the value is nothing for the reader: NULL, `void`, or the `null` of JSON.
    fn is_null(&self) -> bool {
        self.raw.is_none()
            || *self.base_type() == Type::VOID
            || self.json().is_some_and(|json| json.trim_ascii() == b"null")
    }

    /// A value inside of this one.
    fn of(&self, ty: &Type, raw: Option<&'a [u8]>) -> Result<Self, ValueError> {
        if self.depth >= MAX_DEPTH {
            return Err(ValueError::new("the type is nested too deeply"));
        }
        Ok(Self {
            ty: ty.clone(),
            raw,
            depth: self.depth + 1,
        })
    }

    /// An array; one of several dimensions is a list of lists.
    fn list(&self, element: &Type, raw: &'a [u8]) -> Result<Value<'a>, ValueError> {
        let malformed = || ValueError::new(format!("the value is not a `{}`", self.ty));
        let (dimensions, elements) = value_text::array(raw).ok_or_else(malformed)?;
        let values: Result<Vec<_>, _> = elements
            .into_iter()
            .map(|raw| self.of(element, raw))
            .collect();
        let values = values?;
        match dimensions.as_slice() {
            [] | [_] => Ok(Value::List(values)),
            _ => Err(ValueError::new(
                "an array of several dimensions is not read; cast it in the SQL with `to_jsonb(column)`",
            )),
        }
    }

    fn visit<V: Visitor<'a>>(value: Value<'a>, visitor: V) -> Result<V::Value, ValueError> {
        match value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Integer(value) => visitor.visit_i64(value),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Float32(value) => visitor.visit_f32(value),
            Value::Decimal(text) => visit_decimal(&text, visitor),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Owned(text) => visitor.visit_string(text),
            Value::Bytes(bytes) => visitor.visit_string(value_text::hex(bytes)),
            Value::Json(json) => from_json(json, |json| json.deserialize_any(visitor)),
            Value::List(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter())),
        }
    }
}

/// A number is read as the smallest kind that holds it, as JSON's numbers are.
fn visit_decimal<'a, V: Visitor<'a>>(text: &str, visitor: V) -> Result<V::Value, ValueError> {
    if let Ok(value) = text.parse::<i64>() {
        return visitor.visit_i64(value);
    }
    match text.parse::<f64>() {
        Ok(value) => visitor.visit_f64(value),
        Err(_) => visitor.visit_str(text),
    }
}

fn text(raw: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(raw).map_err(|_| ValueError::new("the text is not UTF-8"))
}

fn from_json<'a, T>(
    json: &'a [u8],
    read: impl FnOnce(
        &mut serde_json::Deserializer<serde_json::de::SliceRead<'a>>,
    ) -> serde_json::Result<T>,
) -> Result<T, ValueError> {
    let mut json = serde_json::Deserializer::from_slice(json);
    // The error of the JSON reader may quote the value.
    read(&mut json).map_err(|_| ValueError::new("the JSON does not fit the type"))
}

impl<'a> Deserializer<'a> for ValueDeserializer<'a> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        Self::visit(self.value()?, visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self.json() {
            // JSON that is kept as it is (`RawValue`) asks its reader in this way.
            Some(json) => from_json(json, |json| json.deserialize_newtype_struct(name, visitor)),
            None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Json(json) => {
                from_json(json, |json| json.deserialize_enum(name, variants, visitor))
            }
            Value::Text(text) => text
                .into_deserializer()
                .deserialize_enum(name, variants, visitor),
            Value::Owned(text) => {
                StringDeserializer::new(text).deserialize_enum(name, variants, visitor)
            }
            value => Self::visit(value, visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            value => Self::visit(value, visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Bytes(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            value => Self::visit(value, visitor),
        }
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Decimal(text) => visitor.visit_string(text),
            value => Self::visit(value, visitor),
        }
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_str(visitor)
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char unit unit_struct tuple tuple_struct map
        struct identifier ignored_any
    }
}

impl<'a> IntoDeserializer<'a, ValueError> for ValueDeserializer<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
