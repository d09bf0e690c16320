use crate::error::StorageError;
use crate::transport::{ErrorResponse, ServiceError, is_gateway_status};

/// Reads the errors of Storage. It answers HTTP 400 to nearly everything, an expired token included, and says in
/// the body what it means.
pub(super) fn read_storage_error(response: &ErrorResponse<'_>) -> ServiceError {
    let error = StorageError::new(response.status, response.headers, response.body);
    // HEAD has no body that could tell an expired token from another error, and a fresh token does no harm.
    let is_silent = response.status == 400 && response.body.is_empty();
    ServiceError {
        is_expired_token: error.is_expired_token() || is_silent,
        is_transient: error.is_transient() || is_gateway_status(response.status),
        error: error.into(),
    }
}
