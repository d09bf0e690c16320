//! Extractors and a middleware for web frameworks. Every decision about a caller is made here; the modules
//! of the frameworks only translate requests and responses.

#[cfg(feature = "actix-web")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
mod extract;
mod optional_client;
mod require_caller;
mod verified_caller;

pub use extract::{Forwarded, Minted, OptionalCaller};
pub use optional_client::OptionalClient;
pub use require_caller::RequireCaller;

use crate::error::{Error, PublicError};

/// Logs a request that failed as one event, with the causes that the answer does not tell: at level
/// `ERROR` when the service failed, at `INFO` when the caller did.
#[cfg(feature = "tracing")]
fn log_failure(error: &Error, public: &PublicError) {
    const TARGET: &str = "scoped_runtime::web";
    let (status, code) = (public.status(), public.code());
    let causes = error.causes();
    let cause = (!causes.is_empty()).then(|| causes.join(": "));
    let cause = cause.as_deref();
    if status >= 500 {
        tracing::error!(target: TARGET, status, code, %error, cause, "request failed");
    } else {
        tracing::info!(target: TARGET, status, code, %error, cause, "request refused");
    }
}

#[cfg(not(feature = "tracing"))]
fn log_failure(_: &Error, _: &PublicError) {}
