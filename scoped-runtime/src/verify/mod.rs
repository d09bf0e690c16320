//! Verifies the access tokens of callers.

mod compact_jws;
mod decode_claims;
mod jwks_cache;
mod registered_claims;
mod unique_members;
mod verified_cache;
mod verified_token;
mod verifier;

pub use compact_jws::jws_verifies;
#[cfg(feature = "testing")]
pub(crate) use compact_jws::signed_claims;
pub use verified_token::{Caller, VerifiedToken};
pub use verifier::TokenVerifier;
#[cfg(any(feature = "axum", feature = "actix-web", feature = "testing"))]
pub(crate) use verifier::bearer;
