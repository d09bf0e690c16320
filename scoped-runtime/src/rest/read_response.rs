//! Reads the answers to queries.

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{ApiError, ClientError, Error};
use crate::transport::Response;

/// A page of the rows that match a query, with their total number: the result of
/// [`Query::fetch_page`](crate::Query::fetch_page). See
/// <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
///
/// ```no_run
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let page = alice.from("notes").select("*").order("id").range(0, 19);
/// let page = page.fetch_page::<serde_json::Value>().await?;
/// println!("{} of {} notes", page.rows.len(), page.total);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// The number of all rows that match the query.
    pub total: u64,
}

/// Reads the rows of a list. An empty body, such as that of a write with `Returning::Nothing`, has no rows.
pub(crate) fn rows<T: DeserializeOwned>(response: &Response) -> Result<Vec<T>, Error> {
    response.json()
}

/// Reads the only row of a list or of one object; `None` if there is no row.
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

/// Reads the rows and their total number.
pub(crate) fn page<T: DeserializeOwned>(
    outcome: Result<Response, Error>,
) -> Result<Page<T>, Error> {
    match outcome {
        Ok(response) => Ok(Page {
            total: total(&response)?,
            rows: response.json()?,
        }),
        // The offset is beyond the last row.
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

/// The total number of rows.
pub(crate) fn total(response: &Response) -> Result<u64, Error> {
    Ok(response.count().ok_or(ClientError::NoCount)?)
}

/// Returns an error if fewer rows were written than expected.
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
