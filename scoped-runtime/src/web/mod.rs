//! Callers in web frameworks. What is decided is decided here, once; the modules of the frameworks hand
//! over headers and take answers.

#[cfg(feature = "actix-web")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
mod extract;
mod known;
mod optional;
mod report;
mod require_caller;

pub use extract::{Forwarded, Minted, OptionalCaller};
pub use optional::OptionalClient;
pub use require_caller::RequireCaller;
