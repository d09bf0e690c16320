//! Serialisers of lists, objects and enum variants.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde_json::{Map, Number, Value};

use super::error::UNPARSED;
use super::{ClaimError, MapKey, ToJson};

/// Serialises a list.
pub struct ListSerializer {
    values: Vec<Value>,
    inner: ToJson,
}

impl ListSerializer {
    pub(super) fn new(outer: ToJson) -> Result<Self, ClaimError> {
        Ok(Self {
            values: Vec::new(),
            inner: outer.inner()?,
        })
    }

    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ClaimError> {
        self.values.push(value.serialize(self.inner)?);
        Ok(())
    }
}

/// Serialises an object.
pub struct ObjectSerializer {
    values: Map<String, Value>,
    /// The key whose value comes next.
    key: Option<String>,
    inner: ToJson,
    /// The number of `serde_json`'s internal number struct, which it writes with its feature
    /// `arbitrary_precision`.
    number: Option<Value>,
    is_number: bool,
}

impl ObjectSerializer {
    pub(super) fn new(outer: ToJson) -> Result<Self, ClaimError> {
        Ok(Self {
            values: Map::new(),
            key: None,
            inner: outer.inner()?,
            number: None,
            is_number: false,
        })
    }

    pub(super) fn number(outer: ToJson) -> Result<Self, ClaimError> {
        Ok(Self {
            is_number: true,
            ..Self::new(outer)?
        })
    }

    pub(super) fn add<T: Serialize + ?Sized>(
        &mut self,
        name: String,
        value: &T,
    ) -> Result<(), ClaimError> {
        let value = value.serialize(self.inner);
        let value = value.map_err(|error| error.within(&name))?;
        if self.is_number {
            self.number = value.as_str().and_then(number);
        } else if name.starts_with(super::PRIVATE) {
            return Err(ClaimError::rule(UNPARSED));
        } else {
            self.values.insert(name, value);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Value {
        self.number.unwrap_or(Value::Object(self.values))
    }
}

fn number(text: &str) -> Option<Value> {
    let integer = text.parse::<u64>().map(Value::from);
    let integer = integer.or_else(|_| text.parse::<i64>().map(Value::from));
    integer.ok().or_else(|| {
        let number = Number::from_f64(text.parse().ok()?)?;
        Some(number.into())
    })
}

/// Serialises an enum variant with values, as an object with one member.
pub struct VariantSerializer<P>(pub(super) &'static str, pub(super) P);

impl<P> VariantSerializer<P> {
    fn finish(self, value: impl FnOnce(P) -> Value) -> Value {
        let mut object = Map::new();
        object.insert(self.0.to_owned(), value(self.1));
        object.into()
    }
}

impl SerializeSeq for ListSerializer {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ClaimError> {
        self.add(value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.values.into())
    }
}

impl SerializeTuple for ListSerializer {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ClaimError> {
        self.add(value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.values.into())
    }
}

impl SerializeTupleStruct for ListSerializer {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ClaimError> {
        self.add(value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.values.into())
    }
}

impl SerializeTupleVariant for VariantSerializer<ListSerializer> {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ClaimError> {
        self.1.add(value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.finish(|items| items.values.into()))
    }
}

impl SerializeMap for ObjectSerializer {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ClaimError> {
        self.key = Some(key.serialize(MapKey)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ClaimError> {
        let key = self.key.take().unwrap_or_default();
        self.add(key, value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.finish())
    }
}

impl SerializeStruct for ObjectSerializer {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ClaimError> {
        self.add(name.to_owned(), value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.finish())
    }
}

impl SerializeStructVariant for VariantSerializer<ObjectSerializer> {
    type Ok = Value;
    type Error = ClaimError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ClaimError> {
        self.1.add(name.to_owned(), value)
    }

    fn end(self) -> Result<Value, ClaimError> {
        Ok(self.finish(ObjectSerializer::finish))
    }
}
