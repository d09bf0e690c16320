//! How a query is sent, and what each way of sending it gives.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::explain::Explain;
use super::mistake::Mistake;
use super::paging::{Paging, Rows};
use super::preference::{Count, Returning};
use super::query::Query;
use super::read_response::{self, Page};
use super::verb::{Accept, Verb};
use crate::client::{Core, Mode};
use crate::error::{ClientError, Error};
use crate::transport::{Outgoing, Response};

/// A query that may be sent.
pub(crate) struct Call {
    pub(crate) core: Arc<Core>,
    pub(crate) request: Outgoing,
    expected_rows: Option<usize>,
    returns_inserted: bool,
}

impl Call {
    /// What the answer means for the query.
    pub(crate) fn answer(&self, outcome: Result<Response, Error>) -> Result<Response, Error> {
        let response = match outcome {
            Err(Error::Api(error)) if self.returns_inserted && error.is_rls_denied() => {
                return Err(error
                    .or_hint(
                        "if the user may insert these rows but not read them, send it with \
                     `returning(Returning::Nothing)`",
                    )
                    .into());
            }
            outcome => outcome?,
        };
        if let Some(expected) = self.expected_rows {
            read_response::check_row_count(&response, expected)?;
        }
        Ok(response)
    }
}

impl<M: Mode> Query<M> {
    pub(crate) fn call_to_send(&self) -> Result<Call, ClientError> {
        let statement = &self.statement;
        let method = statement.verb.method();
        self.core.check_method(&method, statement.verb.name())?;
        let returning = statement.preferences.returning.unwrap_or(Returning::Rows);
        Ok(Call {
            request: statement.request(self.core.max_url_bytes())?,
            core: Arc::clone(&self.core),
            expected_rows: statement.expected_rows,
            returns_inserted: statement.verb.is_insert() && returning == Returning::Rows,
        })
    }

    /// Whether the answer is a list, of which `fetch_optional` reads one row. A read is asked for two
    /// rows at most; what changes something is undone by the server if there are more.
    pub(crate) fn for_optional(mut self) -> (Self, bool) {
        let is_read = self.statement.verb == Verb::Read;
        if is_read {
            self.statement.accept = Accept::Rows;
            let limit = self.statement.limit.unwrap_or(2);
            self.statement.limit = Some(limit.min(2));
        } else {
            self.statement.accept = Accept::Object;
        }
        (self, is_read)
    }

    pub(crate) fn for_page(mut self) -> Self {
        self.statement.preferences.count.get_or_insert(Count::Exact);
        self
    }

    pub(crate) fn for_count(mut self) -> Self {
        self.statement.verb = match self.statement.verb {
            Verb::Read | Verb::Head => Verb::Head,
            Verb::Call | Verb::CallByGet | Verb::CallByHead => Verb::CallByHead,
            other => {
                let what = format!("`count` means nothing for {}", other.name());
                return self.refuse(Mistake::new(what, "use `expect_rows`, or `exact_count`"));
            }
        };
        self.for_page()
    }

    pub(crate) fn accepting(mut self, accept: Accept) -> Self {
        self.statement.accept = accept;
        self
    }
}

impl Query {
    /// Sends the query as the client's user.
    ///
    /// # Errors
    /// [`Error::Client`] for a mistake in the query or when no answer came, [`Error::Token`] when
    /// there is no live token, [`Error::Api`] when the server answered with an error.
    pub async fn execute(self) -> Result<Response, Error> {
        let call = self.call_to_send()?;
        call.answer(call.core.send(&call.request).await)
    }

    /// Sends the query and reads the rows. A server gives as many as it is set to (`max-rows`, 1,000 on
    /// Supabase): [`fetch_page`](Self::fetch_page) says how many there are, and
    /// [`fetch_stream`](Self::fetch_stream) reads all.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), and [`ClientError::Decode`] when a row does not fit `T`.
    pub async fn fetch<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        read_response::rows(&self.execute().await?)
    }

    /// Sends the query and reads the only row, or the one value that a function returns; `()` for a
    /// function that returns nothing.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), and [`Error::Api`] with PGRST116 when there is no row or more than
    /// one; a write is undone then.
    pub async fn fetch_one<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.single().execute().await?.json()
    }

    /// Sends the query and reads the only row, if there is one.
    ///
    /// # Errors
    /// As [`fetch_one`](Self::fetch_one), but no row is `None`.
    #[doc(alias = "maybeSingle")]
    #[doc(alias = "maybe_single")]
    pub async fn fetch_optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        let (query, is_list) = self.for_optional();
        read_response::optional(is_list, query.execute().await)
    }

    /// Sends the query and reads the rows, and how many match in all: exactly, unless
    /// [`planned_count`](Self::planned_count) or [`estimated_count`](Self::estimated_count) is said.
    /// A page behind the last row is empty.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), and [`ClientError::NoCount`] if the server gives no count.
    pub async fn fetch_page<T: DeserializeOwned>(self) -> Result<Page<T>, Error> {
        read_response::page(self.for_page().execute().await)
    }

    /// Counts the rows that match, without reading any (HEAD).
    ///
    /// # Errors
    /// As [`execute`](Self::execute), and [`ClientError::NoCount`] if the server gives no count.
    #[doc(alias = "head")]
    pub async fn count(self) -> Result<u64, Error> {
        read_response::total(&self.for_count().execute().await?)
    }

    /// Sends the query and gives the rows as CSV, with a line of column names.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn csv(self) -> Result<String, Error> {
        let response = self.accepting(Accept::Csv).execute().await?;
        Ok(response.text().into_owned())
    }

    /// Sends the query and gives the rows as a `GeoJSON` collection; the server needs `PostGIS`.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn geojson(self) -> Result<Value, Error> {
        self.accepting(Accept::GeoJson).execute().await?.json()
    }

    /// Asks for PostgreSQL's plan of the query, as text or JSON.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn explain(self, options: Explain) -> Result<String, Error> {
        let response = self.accepting(Accept::Plan(options)).execute().await?;
        Ok(response.text().into_owned())
    }

    /// Reads all rows, page by page; one page is in memory. Nothing is sent before the first row is
    /// asked for, and each page travels with a live token.
    #[doc(alias = "stream")]
    pub fn fetch_stream<T: DeserializeOwned>(self, paging: Paging) -> Rows<T> {
        Rows::new(self, paging)
    }
}

/// The request that `execute` sends, for the benches.
///
/// # Errors
/// As [`Query::execute`], before anything is sent.
#[doc(hidden)]
pub fn prepared(query: &Query) -> Result<impl Sized + use<>, Error> {
    let call = query.call_to_send()?;
    let token = call.core.token()?;
    Ok(call.core.prepare(&call.request, &token)?)
}
