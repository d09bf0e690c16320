//! Items that the output of the macros and the benchmarks use. They are not part of the public interface, and
//! may change in every version.

mod policy_tests;

pub use policy_tests::{EnumLiterals, check_enum_literals, check_sql_files};

pub use crate::claims::{
    Checks, Claim, ClaimKind, ClaimValue, Class, Constraint, Description, Inspect, Literal, Number,
    Other, Pattern, Probe, ToJson, accept, deserialize_nested, kind_at, pattern, serialize_nested,
};
pub use crate::client::{AsyncClient, BlockingClient, ProjectClients, installed};
pub use crate::error::Fallible;
#[cfg(feature = "realtime")]
pub use crate::realtime::any_frames::receive_any_frames;
pub use crate::rest::prepared;
pub use crate::verify::jws_verifies;
pub use serde;
pub use serde_json;

/// Serialises a field by [`ClaimValue`], for `serialize_with`, so that the compiler explains a type that does
/// not implement it.
pub fn serialize_value<T: ClaimValue + ?Sized, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.serialize_claim(serializer)
}
