use serde::de::DeserializeOwned;

use super::Query;
use crate::client::optional;
use crate::error::Error;
use crate::transport::Response;

/// With feature `blocking`.
impl Query {
    /// Sends the query as the client's user, and waits for the answer.
    ///
    /// # Errors
    /// [`Error::Client`] for a mistake in the query, when no answer came, or in a task of an async
    /// runtime; [`Error::Token`] when there is no live token, [`Error::Api`] when the server answered
    /// with an error.
    pub fn execute(self) -> Result<Response, Error> {
        let (core, request) = self.into_request()?;
        core.send_and_wait(&request)
    }

    /// Sends the query and reads the rows.
    ///
    /// # Errors
    /// As `execute`, and [`ClientError::Decode`](crate::ClientError::Decode) when a row does not fit `T`.
    pub fn fetch<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        self.execute()?.json()
    }

    /// Sends the query and reads the only row, or the one value that a function returns.
    ///
    /// # Errors
    /// As `fetch`, and [`Error::Api`] with PGRST116 when there is no row or more than one; a write is
    /// undone then.
    pub fn fetch_one<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.single().execute()?.json()
    }

    /// Sends the query and reads the only row, if there is one.
    ///
    /// # Errors
    /// As `fetch_one`, but no row is `None`.
    pub fn fetch_optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        optional(self.fetch_one())
    }
}
