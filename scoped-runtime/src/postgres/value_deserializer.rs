//! One value of a row for serde.

use serde::de::value::{SeqDeserializer, StringDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::value::{Value, ValueDeserializer};
use super::value_error::ValueError;
use super::value_text;

fn visit<'a, V: Visitor<'a>>(value: Value<'a>, visitor: V) -> Result<V::Value, ValueError> {
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
        visit(self.value()?, visitor)
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
            value => visit(value, visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            value => visit(value, visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Bytes(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            value => visit(value, visitor),
        }
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value()? {
            Value::Decimal(text) => visitor.visit_string(text),
            value => visit(value, visitor),
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
