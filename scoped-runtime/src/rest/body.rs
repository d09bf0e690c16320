//! JSON bodies: serialised when the query is written, and checked before they are sent.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use serde_json::Value;

use super::column::is_parameter;
use super::literal::array;
use super::mistake::{BuildError, Mistake};

/// The JSON body of a query: an object or a list.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) json: Bytes,
    pub(super) is_list: bool,
}

/// The keys of the rows of a list.
#[derive(Debug, Default)]
pub(super) struct RowKeys {
    /// The keys of all rows, in the order of their first appearance.
    pub(super) all: Vec<String>,
    /// Whether a row lacks one of the keys.
    pub(super) differ: bool,
}

impl Body {
    pub(super) fn new(value: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        let json = serde_json::to_vec(value).map_err(|error| BuildError::Body(Arc::new(error)))?;
        Ok(Self::check(json.into())?)
    }

    /// A body from JSON text.
    pub(super) fn from_json(json: String) -> Result<Self, BuildError> {
        serde_json::from_str::<IgnoredAny>(&json)
            .map_err(|error| BuildError::Body(Arc::new(error)))?;
        Ok(Self::check(json.into())?)
    }

    /// The arguments of a function. `()` and other values that serialise to `null` mean no arguments.
    pub(super) fn arguments(value: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        match Self::new(value) {
            Err(BuildError::Query(_)) if is_null(value) => Ok(Self {
                json: Bytes::from_static(b"{}"),
                is_list: false,
            }),
            outcome => outcome,
        }
    }

    fn check(json: Bytes) -> Result<Self, Mistake> {
        let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
        let is_list = match first {
            Some(b'{') => false,
            Some(b'[') => true,
            _ => {
                return Err(Mistake::new(
                    "the body is a single value, not an object or a list of objects",
                    "pass a struct, a map or a list; for JSON text use \
                     `insert_json`, `upsert_json`, `update_json` or `rpc_json`",
                ));
            }
        };
        if has_nul(&json) {
            return Err(Mistake::new(
                "the body contains NUL",
                "remove it, since text in PostgreSQL cannot contain NUL",
            ));
        }
        Ok(Self { json, is_list })
    }

    /// The keys of the rows, if the body is a list.
    pub(super) fn row_keys(&self) -> Result<RowKeys, Mistake> {
        let mut keys = RowKeys::default();
        let mut json = serde_json::Deserializer::from_slice(&self.json);
        match RowListVisitor(&mut keys).deserialize(&mut json) {
            Ok(()) => Ok(keys),
            Err(_) => Err(Mistake::new(
                "an element of the list is not a row",
                "make each row a struct or a map",
            )),
        }
    }

    /// The arguments of a function, by name.
    pub(super) fn members(&self) -> Result<serde_json::Map<String, serde_json::Value>, Mistake> {
        serde_json::from_slice(&self.json).map_err(|_| {
            Mistake::new(
                "a list cannot be sent as the arguments of a GET",
                "leave `by_get` out, so that the list is sent in the body",
            )
        })
    }
}

/// Formats an argument of a function as the value of a URL parameter.
pub(super) fn argument(name: &str, value: &Value) -> Result<String, Mistake> {
    let refuse = |reason: &str| {
        Mistake::named(
            "argument",
            name,
            reason,
            "leave `by_get` out, so that the arguments are sent in the body",
        )
    };
    if is_parameter(name) {
        return Err(refuse("has the name of a PostgREST parameter"));
    }
    match value {
        Value::Null => Err(refuse("is null, which a URL cannot express")),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            let items =
                items.ok_or_else(|| refuse("is a list with null, a list or an object in it"))?;
            Ok(array(&items))
        }
        Value::Object(_) => Ok(value.to_string()),
        _ => Ok(scalar(value).unwrap_or_default()),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_null(value: &(impl Serialize + ?Sized)) -> bool {
    serde_json::to_value(value).is_ok_and(|value| value.is_null())
}

/// Whether the JSON contains the escape sequence of NUL.
pub(super) fn has_nul(json: &[u8]) -> bool {
    const ESCAPE: &[u8] = b"\\u0000";
    let mut from = 0;
    while let Some(found) = json[from..]
        .iter()
        .position(|byte| *byte == b'\\')
        .map(|position| from + position)
    {
        if json[found..].starts_with(ESCAPE) {
            return true;
        }
        // The escaped character cannot begin another escape sequence.
        from = (found + 2).min(json.len());
    }
    false
}

/// Reads only the keys of a list of rows.
struct RowListVisitor<'k>(&'k mut RowKeys);

impl<'de> DeserializeSeed<'de> for RowListVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowListVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut is_first = true;
        while rows
            .next_element_seed(RowVisitor {
                keys: self.0,
                is_first,
            })?
            .is_some()
        {
            is_first = false;
        }
        Ok(())
    }
}

struct RowVisitor<'k> {
    keys: &'k mut RowKeys,
    is_first: bool,
}

impl<'de> DeserializeSeed<'de> for RowVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<(), A::Error> {
        let Self { keys, is_first } = self;
        let mut count = 0;
        while let Some(Key(key)) = row.next_key::<Key<'de>>()? {
            row.next_value::<IgnoredAny>()?;
            // The first test is enough for the rows of one struct, whose keys have the same order.
            let is_known = keys.all.get(count).is_some_and(|known| *known == key)
                || keys.all.iter().any(|known| *known == key);
            if !is_known {
                keys.differ |= !is_first;
                keys.all.push(key.into_owned());
            }
            count += 1;
        }
        keys.differ |= count != keys.all.len();
        Ok(())
    }
}

/// A key, borrowed if it contains no escape sequence.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}
