use http::{HeaderMap, StatusCode};

use crate::error::{ApiError, Error};

/// The response of a service whose status is not 2xx.
pub(crate) struct ErrorResponse<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// The error in a response, and what it means for a retry. The transport knows nothing else of how a service
/// reports errors.
pub(crate) struct ServiceError {
    pub(crate) error: Error,
    /// Whether the service refused the token as expired. The request is then sent once more with a fresh one.
    pub(crate) is_expired_token: bool,
    /// Whether the same request may succeed later.
    pub(crate) is_transient: bool,
}

/// Reads the error responses of one service.
pub(crate) type ErrorReader = fn(&ErrorResponse<'_>) -> ServiceError;

/// Reads the errors of PostgREST, and of services without a reader of their own.
pub(crate) fn read_api_error(response: &ErrorResponse<'_>) -> ServiceError {
    let error = ApiError::new(response.status, response.headers, response.body);
    ServiceError {
        is_expired_token: error.is_expired_token(),
        is_transient: is_gateway_status(response.status),
        error: error.into(),
    }
}

/// Whether a gateway could not get a response of the service behind it.
pub(crate) fn is_gateway_status(status: u16) -> bool {
    [
        StatusCode::BAD_GATEWAY,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::GATEWAY_TIMEOUT,
    ]
    .iter()
    .any(|gateway| gateway.as_u16() == status)
}
