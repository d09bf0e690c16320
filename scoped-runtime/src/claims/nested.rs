//! Claims inside of objects (`under`). Serde's derive reads and writes them in one flat object, under names
//! that join the path of each claim by a separator.

use serde::de::Error as _;
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::to_json::ClaimError;

/// The separator of a path, which the macro uses, too. No name of a claim contains NUL, since PostgreSQL
/// cannot store it.
const SEPARATOR: char = '\0';

/// Serialises the flat object of the derive with each claim at its path.
pub fn serialize<S: Serializer>(
    flat: Result<Value, ClaimError>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let flat = match flat {
        Ok(Value::Object(flat)) => flat,
        Ok(_) => return Err(S::Error::custom("not a struct")),
        Err(error) => {
            let path: Vec<&str> = error.path().collect();
            let failure = Failure(&path, &error);
            return failure.serialize(serializer);
        }
    };
    let mut nested = Map::new();
    for (path, value) in flat {
        let mut parts: Vec<&str> = path.split(SEPARATOR).collect();
        let name = parts.pop().unwrap_or_default();
        let mut object = &mut nested;
        for part in parts {
            let member = object.entry(part).or_insert_with(|| Map::new().into());
            let Value::Object(inner) = member else {
                return Err(S::Error::custom(format!("claim `{part}` is not an object")));
            };
            object = inner;
        }
        object.insert(name.to_owned(), value);
    }
    let mut claims = serializer.serialize_map(Some(nested.len()))?;
    for (name, value) in &nested {
        match value {
            // A `null` is the `None` of a field, since every other `null` is refused before.
            Value::Null => claims.serialize_entry(name, &None::<()>)?,
            value => claims.serialize_entry(name, value)?,
        }
    }
    claims.end()
}

/// Serialises the objects of a path and fails at its end, so that the serialiser adds the path to the error.
struct Failure<'a>(&'a [&'a str], &'a ClaimError);

impl Serialize for Failure<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(path, error) = *self;
        let Some((first, rest)) = path.split_first() else {
            return Err(error.again());
        };
        let mut object = serializer.serialize_map(Some(1))?;
        object.serialize_entry(first, &Self(rest, error))?;
        object.end()
    }
}

/// Deserialises claims at their paths into the flat object that the derive reads. `paths` are the joined
/// paths of the claims inside of objects.
pub fn deserialize<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    paths: &[&str],
    read: impl FnOnce(Value) -> Result<T, serde_json::Error>,
) -> Result<T, D::Error> {
    let mut claims = Map::<String, Value>::deserialize(deserializer)?;
    let mut flat = Map::new();
    for path in paths {
        let mut parts = path.split(SEPARATOR);
        let mut value = parts.next().and_then(|root| claims.get_mut(root));
        for part in parts {
            value = value.and_then(|value| value.get_mut(part));
        }
        if let Some(value) = value {
            flat.insert((*path).to_owned(), value.take());
        }
    }
    claims.append(&mut flat);
    read(claims.into()).map_err(|error| {
        let message = error.to_string().replace(SEPARATOR, ".");
        D::Error::custom(message)
    })
}
