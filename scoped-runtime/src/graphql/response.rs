//! Reads GraphQL responses: <https://spec.graphql.org/October2021/#sec-Response>.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use crate::error::{ClientError, Error, GraphqlError, GraphqlErrorEntry};
use crate::transport::{ErrorResponse, Response, ServiceError, is_gateway_status};

/// The data of a response that may have errors, too; [`Operation::fetch_partial`](super::Operation::fetch_partial)
/// returns it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Partial<T> {
    /// The data. A field that could not be resolved is `null`, or makes the field `null` that it is part of;
    /// see <https://spec.graphql.org/October2021/#sec-Handling-Field-Errors>. `None` if nothing was resolved.
    pub data: Option<T>,
    /// The errors, each with the path of the field that it is about.
    pub errors: Vec<GraphqlErrorEntry>,
}

/// The errors of a response; the data is skipped.
#[derive(Deserialize)]
struct Errors<'a> {
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(rename = "data")]
    _data: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

fn errors(response: &Response) -> Result<Option<GraphqlError>, Error> {
    let Errors { errors, .. } = response.borrowed()?;
    Ok(errors.and_then(|list| GraphqlError::of_list(response.status(), list.get())))
}

/// Reads the data; any error in the response is an error.
pub(super) fn data<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    match errors(response)? {
        Some(error) => Err(error.into()),
        None => Ok(response.json::<Data<T>>()?.data),
    }
}

/// Reads what there is of the data, and the errors.
pub(super) fn partial<T: DeserializeOwned>(response: &Response) -> Result<Partial<T>, Error> {
    #[derive(Deserialize)]
    struct PartialData<T> {
        // An absent `data` is the same as `null`.
        #[serde(default = "none")]
        data: Option<T>,
    }

    fn none<T>() -> Option<T> {
        None
    }

    match errors(response)? {
        None => Ok(Partial {
            data: Some(response.json::<Data<T>>()?.data),
            errors: Vec::new(),
        }),
        Some(error) if !error.is_readable() => Err(error.into()),
        Some(error) => match response.json::<PartialData<T>>() {
            Ok(PartialData { data }) => Ok(Partial {
                data,
                errors: error.into_errors(),
            }),
            // The type has no place for the `null` of a field that failed: the reason is in the errors.
            Err(Error::Client(ClientError::Decode { .. })) => Err(error.into()),
            Err(other) => Err(other),
        },
    }
}

pub(super) fn read_error(response: &ErrorResponse<'_>) -> ServiceError {
    let error = GraphqlError::new(response.status, response.headers, response.body);
    ServiceError {
        is_expired_token: error.is_expired_token(),
        is_transient: is_gateway_status(response.status),
        error: error.into(),
    }
}
