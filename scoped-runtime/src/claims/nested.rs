//! Claims that are inside objects. Serde's derive writes and reads them flat, each under its path,
//! whose names are joined by a character that no claim can have.

use serde::de::Error as _;
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::to_json::ClaimError;

/// Also in the macro. PostgreSQL cannot hold it, so no name has it.
const SEPARATOR: char = '\0';

/// Writes what the derive made of a struct, each claim in its place.
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
                return Err(S::Error::custom(format!("claim `{part}` is no object")));
            };
            object = inner;
        }
        object.insert(name.to_owned(), value);
    }
    let mut claims = serializer.serialize_map(Some(nested.len()))?;
    for (name, value) in &nested {
        match value {
            // Only an `Option` leaves one.
            Value::Null => claims.serialize_entry(name, &None::<()>)?,
            value => claims.serialize_entry(name, value)?,
        }
    }
    claims.end()
}

/// Fails again at the end of a path, so that the serialiser finds out where.
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

/// Reads claims in their places, as the derive wants them. `paths` are those of claims in objects.
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
