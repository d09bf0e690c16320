//! What the macros' output and the benches call. Not a public interface: it may change with any version.

#[path = "private/compared.rs"]
mod compared;
#[cfg(not(feature = "policies"))]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the macros' own source, all of which is used there"
)]
#[path = "policies/engine/files.rs"]
mod files;
#[cfg(not(feature = "policies"))]
#[allow(
    unreachable_pub,
    reason = "the macros' own source, which is used there"
)]
#[path = "policies/engine/folder.rs"]
mod folder;
#[path = "private/unchanged.rs"]
mod unchanged;

#[cfg(feature = "policies")]
use crate::policies as files;
pub use compared::{Comparison, compared};
pub use unchanged::unchanged;

pub use crate::claims::{
    Checks, Claim, ClaimKind, ClaimValue, Class, Constraint, Description, Inspect, Literal, Number,
    Other, Pattern, Probe, ToJson, accept, deserialize_nested, kind_at, pattern, serialize_nested,
};
pub use crate::client::{AsyncClient, BlockingClient, installed};
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
