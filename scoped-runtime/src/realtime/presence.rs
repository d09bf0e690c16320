use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::frame::part_of;
use super::json_text::JsonText;
use crate::error::Error;

/// A key of a channel's presence, with what its clients say of themselves: one value for each connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Presence {
    /// The key that the clients chose with [`presence`](super::ChannelBuilder::presence).
    pub key: String,
    /// What each client tracks.
    pub metas: Vec<PresenceMeta>,
}

/// What one client says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PresenceMeta {
    /// The server's reference of this value.
    pub reference: String,
    /// The value, with the server's `phx_ref` among its members. It is the word of that client alone: the server
    /// checks only that it may track itself here.
    pub payload: JsonText,
}

impl PresenceMeta {
    /// Reads the value.
    ///
    /// # Errors
    /// [`ClientError::Decode`](crate::ClientError::Decode) when it does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.payload.read()
    }
}

impl Presence {
    pub(super) fn size(&self) -> usize {
        let metas = self.metas.iter();
        self.key.len() + metas.map(PresenceMeta::size).sum::<usize>()
    }
}

impl PresenceMeta {
    pub(super) fn size(&self) -> usize {
        self.reference.len() + self.payload.bytes().len() + size_of::<Self>()
    }
}

/// The metas of one key, as the server writes them.
#[derive(Deserialize)]
pub(super) struct Metas<'a> {
    #[serde(borrow)]
    metas: Vec<&'a RawValue>,
}

/// Reads metas, without those that have no reference.
pub(super) fn read(
    payload: &JsonText,
    all: &BTreeMap<String, Metas<'_>>,
) -> Vec<(String, Vec<PresenceMeta>)> {
    let meta = |value: &&RawValue| {
        let FirstReference(reference) = serde_json::from_str(value.get()).ok()?;
        Some(PresenceMeta {
            reference: reference?,
            payload: part_of(payload.bytes(), value),
        })
    };
    let metas = |metas: &Metas<'_>| metas.metas.iter().filter_map(meta).collect();
    all.iter()
        .map(|(key, value)| (key.clone(), metas(value)))
        .filter(|(_, metas): &(_, Vec<PresenceMeta>)| !metas.is_empty())
        .collect()
}

/// The first `phx_ref` of an object. A peer that tracks a member of that name makes a second one, behind the server's.
struct FirstReference(Option<String>);

impl<'de> Deserialize<'de> for FirstReference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Option<String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut reference = None;
                while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    if name == "phx_ref" && reference.is_none() {
                        reference = Some(map.next_value::<String>()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(reference)
            }
        }

        deserializer.deserialize_map(Members).map(Self)
    }
}
