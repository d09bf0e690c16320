//! What the macros' output calls. Not a public interface: it may change with any version.

pub use crate::claims::Claim;
pub use crate::client::installed;
pub use serde;
