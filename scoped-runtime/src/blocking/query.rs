use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Blocking, Query, Request};
use crate::error::Error;
use crate::rest::{Accept, Explain, Page, Paging, Rows, read};
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
        let call = self.call_to_send()?;
        call.answer(call.core.send_and_wait(&call.request))
    }

    /// Sends the query and reads the rows.
    ///
    /// # Errors
    /// As `execute`, and [`ClientError::Decode`](crate::ClientError::Decode) when a row does not fit `T`.
    pub fn fetch<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        read::rows(&self.execute()?)
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
        let (query, is_list) = self.for_optional();
        read::optional(is_list, query.execute())
    }

    /// Sends the query and reads the rows, and how many match in all.
    ///
    /// # Errors
    /// As `fetch`, and [`ClientError::NoCount`](crate::ClientError::NoCount) if the server gives no count.
    pub fn fetch_page<T: DeserializeOwned>(self) -> Result<Page<T>, Error> {
        read::page(self.for_page().execute())
    }

    /// Counts the rows that match, without reading any.
    ///
    /// # Errors
    /// As `execute`, and [`ClientError::NoCount`](crate::ClientError::NoCount) if the server gives no
    /// count.
    pub fn count(self) -> Result<u64, Error> {
        read::total(&self.for_count().execute()?)
    }

    /// Sends the query and gives the rows as CSV, with a line of column names.
    ///
    /// # Errors
    /// As `execute`.
    pub fn csv(self) -> Result<String, Error> {
        let response = self.accepting(Accept::Csv).execute()?;
        Ok(response.text().into_owned())
    }

    /// Sends the query and gives the rows as a `GeoJSON` collection; the server needs `PostGIS`.
    ///
    /// # Errors
    /// As `execute`.
    pub fn geojson(self) -> Result<Value, Error> {
        self.accepting(Accept::GeoJson).execute()?.json()
    }

    /// Asks for PostgreSQL's plan of the query, as text or JSON.
    ///
    /// # Errors
    /// As `execute`.
    pub fn explain(self, options: Explain) -> Result<String, Error> {
        let response = self.accepting(Accept::Plan(options)).execute()?;
        Ok(response.text().into_owned())
    }

    /// Reads all rows, page by page: an iterator. One page is in memory.
    pub fn fetch_stream<T: DeserializeOwned>(self, paging: Paging) -> Rows<T, Blocking> {
        Rows::new(self, paging)
    }
}

/// With feature `blocking`.
impl<T: DeserializeOwned> Iterator for Rows<T, Blocking> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        loop {
            if let Some(row) = self.next_read() {
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
    /// As [`blocking::Query`](super::Query)'s `execute`.
    pub fn execute(self) -> Result<Response, Error> {
        let (core, outgoing) = self.into_outgoing()?;
        core.send_and_wait(&outgoing)
    }
}
