//! One value of a row, as PostgreSQL sends it in binary, in the form that it has in `PostgREST`'s JSON.

use std::error::Error;

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
pub(super) enum Value<'a> {
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

    pub(super) fn value(&self) -> Result<Value<'a>, ValueError> {
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
        let malformed = || self.malformed();
        let bytes2 = || self.bytes().map(i16::from_be_bytes);
        let bytes4 = || self.bytes().map(i32::from_be_bytes);
        let bytes8 = || self.bytes().map(i64::from_be_bytes);
        Ok(match self.ty {
            Type::BOOL => Value::Bool(raw.first().is_some_and(|byte| *byte != 0)),
            Type::INT2 => Value::Integer(bytes2()?.into()),
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
                return Err(ValueError::new(format!(
                    "the type `{}` is not read; cast it in the SQL, as in `column::text`",
                    self.ty
                )));
            }
        })
    }

    fn malformed(&self) -> ValueError {
        ValueError::new(format!("the value is not a `{}`", self.ty))
    }

    /// The bytes of a number of this size.
    fn bytes<const SIZE: usize>(&self) -> Result<[u8; SIZE], ValueError> {
        let bytes = self.raw.and_then(|raw| raw.try_into().ok());
        bytes.ok_or_else(|| self.malformed())
    }

    /// The text of a JSON value; `None` for NULL and for values of other types.
    pub(super) fn json(&self) -> Option<&'a [u8]> {
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
    pub(super) fn is_null(&self) -> bool {
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

    /// An array of one dimension.
    fn list(&self, element: &Type, raw: &'a [u8]) -> Result<Value<'a>, ValueError> {
        let array = value_text::array(raw).ok_or_else(|| self.malformed())?;
        let (dimensions, elements) = array;
        if dimensions > 1 {
            return Err(ValueError::new(
                "an array of several dimensions is not read; cast it in the SQL with `to_jsonb(column)`",
            ));
        }
        let elements = elements.into_iter();
        let values: Result<_, _> = elements.map(|raw| self.of(element, raw)).collect();
        Ok(Value::List(values?))
    }
}

fn text(raw: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(raw).map_err(|_| ValueError::new("the text is not UTF-8"))
}
