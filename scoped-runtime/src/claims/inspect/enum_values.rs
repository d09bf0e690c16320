use serde::de::value::Error;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// The names of an enum's variants, which a derived `Deserialize` passes to its deserialiser.
pub(crate) fn enum_values<T: DeserializeOwned>() -> Option<&'static [&'static str]> {
    let mut values = None;
    // The deserialiser returns an error once it has received the names.
    let _ = T::deserialize(ValuesDeserializer(&mut values));
    values
}

struct ValuesDeserializer<'a>(&'a mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for ValuesDeserializer<'_> {
    type Error = Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        values: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = Some(values);
        Err(nothing())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(nothing())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn nothing() -> Error {
    serde::de::Error::custom("this deserializer only collects the variants of an enum")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::enum_values;

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "only its names matter")]
    enum Plan {
        Free,
        #[serde(rename = "gold")]
        Pro(u8),
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its type matters")]
    struct Newtype(Option<Box<Plan>>);

    #[derive(Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its type matters")]
    enum Untagged {
        One(u8),
    }

    #[test]
    fn serde_tells_the_values_of_enums_and_of_nothing_else() {
        let names = Some(["free", "gold"].as_slice());
        assert_eq!(enum_values::<Plan>(), names);
        assert_eq!(enum_values::<Newtype>(), names);
        assert_eq!(enum_values::<Untagged>(), None);
        assert_eq!(enum_values::<String>(), None);
        assert_eq!(enum_values::<Vec<Plan>>(), None);
        assert_eq!(enum_values::<serde_json::Value>(), None);
    }
}
