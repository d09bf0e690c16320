//! What the macros' output and the benches call. Not a public interface: it may change with any version.

mod enum_literals;
mod sql_files_changed;

pub use enum_literals::{EnumLiterals, check_enum_literals};
pub use sql_files_changed::check_sql_files;

pub use crate::claims::{
    Checks, Claim, ClaimKind, ClaimValue, Class, Constraint, Description, Inspect, Literal, Number,
    Other, Pattern, Probe, ToJson, accept, deserialize_nested, kind_at, pattern, serialize_nested,
};
pub use crate::client::{AsyncClient, BlockingClient, ProjectClients, installed};
pub use crate::error::Fallible;
pub use crate::rest::prepared;
pub use crate::verify::jws_verifies;
pub use serde;
pub use serde_json;

/// For `serialize_with`: what a field is serialised by, so that one that cannot be is explained.
pub fn serialize_value<T: ClaimValue + ?Sized, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.serialize_claim(serializer)
}
