//! What the operator is told of a request that failed: one event, with the cause that the caller is not
//! told.

use crate::error::{Error, PublicError};

/// Writes the event: of level `ERROR` when the service failed, and `INFO` when the caller did.
#[cfg(feature = "tracing")]
pub(super) fn report(error: &Error, public: &PublicError) {
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

#[cfg(feature = "tracing")]
const TARGET: &str = "scoped_runtime::web";

#[cfg(not(feature = "tracing"))]
pub(super) fn report(_: &Error, _: &PublicError) {}
