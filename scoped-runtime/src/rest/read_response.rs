//! What the answers of queries come to.

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{ApiError, ClientError, Error};
use crate::transport::Response;

/// Some of the rows that a query finds, and how many there are in all.
///
/// See <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows match in all.
    pub total: u64,
}

/// The rows of a list; no body, as after a write that returns nothing, is no row.
pub(crate) fn rows<T: DeserializeOwned>(response: &Response) -> Result<Vec<T>, Error> {
    response.json()
}

/// The only row of a list, or of one object.
pub(crate) fn optional<T: DeserializeOwned>(
    is_list: bool,
    outcome: Result<Response, Error>,
) -> Result<Option<T>, Error> {
    match outcome {
        Ok(response) if is_list => {
            let mut rows: Vec<T> = response.json()?;
            if rows.len() > 1 {
                return Err(ApiError::more_than_one_row().into());
            }
            Ok(rows.pop())
        }
        Ok(response) => response.json(),
        Err(Error::Api(error)) if error.is_no_row() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The rows, and how many there are in all.
pub(crate) fn page<T: DeserializeOwned>(
    outcome: Result<Response, Error>,
) -> Result<Page<T>, Error> {
    match outcome {
        Ok(response) => Ok(Page {
            total: total(&response)?,
            rows: response.json()?,
        }),
        // There are fewer rows than are skipped.
        Err(Error::Api(error)) if error.code() == Some("PGRST103") => match error.total() {
            Some(total) => Ok(Page {
                rows: Vec::new(),
                total,
            }),
            None => Err(error.into()),
        },
        Err(error) => Err(error),
    }
}

/// How many rows there are in all.
pub(crate) fn total(response: &Response) -> Result<u64, Error> {
    Ok(response.count().ok_or(ClientError::NoCount)?)
}

/// Refuses an answer that says that fewer rows were written than expected.
pub(super) fn check_row_count(response: &Response, expected: usize) -> Result<(), Error> {
    let listed = || {
        let rows: Vec<IgnoredAny> = response.json().ok()?;
        (!response.bytes().is_empty()).then_some(rows.len() as u64)
    };
    let found = response
        .count()
        .or_else(listed)
        .ok_or(ClientError::NoCount)?;
    if found < expected as u64 {
        return Err(ClientError::FewerRows { expected, found }.into());
    }
    Ok(())
}
