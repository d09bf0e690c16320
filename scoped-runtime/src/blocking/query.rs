use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Blocking, Query, Request};
use crate::error::Error;
use crate::rest::{Accept, Explain, Page, Paging, Rows, read_response};
use crate::transport::Response;

/// With feature `blocking`.
impl Query {
    /// Sends the query as the client's user, and waits for the answer.
    ///
    /// # Errors
    /// [`Error::Client`] for a mistake in the query, when no answer arrived, or in a task of an async
    /// runtime; [`Error::Token`] when there is no live token; [`Error::Api`] when the server answered with an
    /// error.
    pub fn execute(self) -> Result<Response, Error> {
        let prepared = self.prepare()?;
        prepared.check_answer(prepared.core.send_and_wait(&prepared.request))
    }

    /// Sends the query and reads the rows.
    ///
    /// # Errors
    /// The errors of `execute`, and [`ClientError::Decode`](crate::ClientError::Decode) when a row cannot be
    /// read as `T`.
    pub fn fetch<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        read_response::rows(&self.execute()?)
    }

    /// Sends the query and reads the only row, or the one value that a function returns.
    ///
    /// # Errors
    /// The errors of `fetch`, and [`Error::Api`] with the code PGRST116 when there is no row or more than one;
    /// the server then rolls a write back.
    pub fn fetch_one<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.single().execute()?.json()
    }

    /// Sends the query and reads the only row; returns `None` if there is no row.
    ///
    /// # Errors
    /// The errors of `fetch_one`, except the one for no row.
    pub fn fetch_optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        let (query, is_list) = self.for_optional();
        read_response::optional(is_list, query.execute())
    }

    /// Sends the query and reads a page of rows with the total number of matching rows.
    ///
    /// # Errors
    /// The errors of `fetch`, and [`ClientError::NoCount`](crate::ClientError::NoCount) if the server gives no
    /// count.
    pub fn fetch_page<T: DeserializeOwned>(self) -> Result<Page<T>, Error> {
        read_response::page(self.for_page().execute())
    }

    /// Counts the matching rows without reading them.
    ///
    /// # Errors
    /// The errors of `execute`, and [`ClientError::NoCount`](crate::ClientError::NoCount) if the server gives
    /// no count.
    pub fn count(self) -> Result<u64, Error> {
        read_response::total(&self.for_count().execute()?)
    }

    /// Sends the query and returns the rows as CSV with a header line.
    ///
    /// # Errors
    /// The errors of `execute`.
    pub fn csv(self) -> Result<String, Error> {
        let response = self.accepting(Accept::Csv).execute()?;
        Ok(response.text().into_owned())
    }

    /// Sends the query and returns the rows as a `GeoJSON` collection; the database needs `PostGIS`.
    ///
    /// # Errors
    /// The errors of `execute`.
    pub fn geojson(self) -> Result<Value, Error> {
        self.accepting(Accept::GeoJson).execute()?.json()
    }

    /// Returns PostgreSQL's execution plan of the query, as text or JSON.
    ///
    /// # Errors
    /// The errors of `execute`.
    pub fn explain(self, options: Explain) -> Result<String, Error> {
        let response = self.accepting(Accept::Plan(options)).execute()?;
        Ok(response.text().into_owned())
    }

    /// Returns an iterator over all rows, which reads them page by page and keeps one page in memory.
    pub fn fetch_stream<T: DeserializeOwned>(self, paging: Paging) -> Rows<T, Blocking> {
        Rows::new(self, paging)
    }
}

/// With feature `blocking`.
impl<T: DeserializeOwned> Iterator for Rows<T, Blocking> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        loop {
            if let Some(row) = self.next_in_page() {
                return Some(Ok(row));
            }
            let outcome = self.next_page()?.execute();
            if let Err(error) = self.take_page(outcome) {
                return Some(Err(error));
            }
        }
    }
}

/// With feature `blocking`.
impl Request {
    /// Sends the request, and waits for the answer.
    ///
    /// # Errors
    /// The errors of `execute` of [`blocking::Query`](super::Query).
    pub fn execute(self) -> Result<Response, Error> {
        let (core, outgoing) = self.into_outgoing()?;
        core.send_and_wait(&outgoing)
    }
}
