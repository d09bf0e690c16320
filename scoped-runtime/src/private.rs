//! What the macros' output and the benches call. Not a public interface: it may change with any version.

pub use crate::claims::Claim;
pub use crate::client::{installed, prepared};
pub use serde;
