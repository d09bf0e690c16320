//! The methods of a query that send it, and the results that they read.

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
use crate::transport::{Response, TransportRequest};

/// A checked query, ready to be sent.
pub(crate) struct PreparedQuery {
    pub(crate) core: Arc<Core>,
    pub(crate) request: TransportRequest,
    expected_rows: Option<usize>,
    returns_inserted: bool,
}

impl PreparedQuery {
    /// Checks the answer against the query's expectations, and adds a hint to an error that has one.
    pub(crate) fn check_answer(&self, outcome: Result<Response, Error>) -> Result<Response, Error> {
        let response = match outcome {
            Err(Error::Api(error)) if self.returns_inserted && error.is_rls_denied() => {
                return Err(error
                    .or_hint(
                        "if the user may insert these rows but not read them, call \
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
    /// Checks the query and builds its request.
    pub(crate) fn prepare(&self) -> Result<PreparedQuery, ClientError> {
        let statement = &self.statement;
        let method = statement.verb.method();
        self.core.check_method(&method, statement.verb.name())?;
        let returning = statement.preferences.returning.unwrap_or(Returning::Rows);
        Ok(PreparedQuery {
            request: statement.request(self.core.settings().max_url_bytes)?,
            core: Arc::clone(&self.core),
            expected_rows: statement.expected_rows,
            returns_inserted: statement.verb.is_insert() && returning == Returning::Rows,
        })
    }

    /// Prepares the query for `fetch_optional`, and returns whether the answer is a list. A read requests at
    /// most two rows as a list, to notice a second one. Other queries request one object, so that the server
    /// rolls a write of several rows back.
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
                let what = format!("`count` does not apply to {}", other.name());
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
    /// Sends the query as the client's user, and returns the answer with its status, headers and body.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let response = alice.from("notes").select("*").execute().await?;
    /// println!("{} {}", response.status(), response.text());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Client`] for a mistake in the query or when no answer arrived, [`Error::Token`] when there is
    /// no live token, [`Error::Api`] when the server answered with an error.
    pub async fn execute(self) -> Result<Response, Error> {
        let prepared = self.prepare()?;
        prepared.check_answer(prepared.core.send(&prepared.request).await)
    }

    /// Sends the query and reads the rows. The server returns at most `max-rows` rows (1,000 on Supabase) and
    /// does not say that there are more: [`fetch_page`](Self::fetch_page) returns the total, and
    /// [`fetch_stream`](Self::fetch_stream) reads all rows.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// #[derive(serde::Deserialize)]
    /// struct Note { id: i64, body: String }
    ///
    /// let notes: Vec<Note> = alice.from("notes").select("id,body").eq("done", false).fetch().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute), and [`ClientError::Decode`] when a row cannot be read as `T`.
    pub async fn fetch<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        read_response::rows(&self.execute().await?)
    }

    /// Sends the query and reads the only row, or the one value that a function returns. Use `()` for a
    /// function that returns nothing.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let note: serde_json::Value = alice.from("notes").eq("id", 7).fetch_one().await?;
    /// let sum: i64 = alice.rpc("sum_of", serde_json::json!({ "year": 2026 })).fetch_one().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`fetch`](Self::fetch), and [`Error::Api`] with the code PGRST116 when there is no row or
    /// more than one; the server then rolls a write back.
    pub async fn fetch_one<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.single().execute().await?.json()
    }

    /// Sends the query and reads the only row; returns `None` if there is no row.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let note: Option<serde_json::Value> = alice.from("notes").eq("id", 7).fetch_optional().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`fetch_one`](Self::fetch_one), except the one for no row.
    #[doc(alias = "maybeSingle")]
    #[doc(alias = "maybe_single")]
    pub async fn fetch_optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        let (query, is_list) = self.for_optional();
        read_response::optional(is_list, query.execute().await)
    }

    /// Sends the query and reads a page of rows with the total number of matching rows. The total is exact,
    /// unless [`planned_count`](Self::planned_count) or [`estimated_count`](Self::estimated_count) is called.
    /// A page beyond the last row is empty.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let page = alice.from("notes").order("id").range(0, 19).fetch_page::<serde_json::Value>().await?;
    /// println!("{} of {}", page.rows.len(), page.total);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`fetch`](Self::fetch), and [`ClientError::NoCount`] if the server gives no count.
    pub async fn fetch_page<T: DeserializeOwned>(self) -> Result<Page<T>, Error> {
        read_response::page(self.for_page().execute().await)
    }

    /// Counts the matching rows without reading them, by a HEAD request.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let open: u64 = alice.from("notes").eq("done", false).count().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute), and [`ClientError::NoCount`] if the server gives no count.
    #[doc(alias = "head")]
    pub async fn count(self) -> Result<u64, Error> {
        read_response::total(&self.for_count().execute().await?)
    }

    /// Sends the query and returns the rows as CSV with a header line.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute).
    pub async fn csv(self) -> Result<String, Error> {
        let response = self.accepting(Accept::Csv).execute().await?;
        Ok(response.text().into_owned())
    }

    /// Sends the query and returns the rows as a `GeoJSON` collection; the database needs `PostGIS`.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute).
    pub async fn geojson(self) -> Result<Value, Error> {
        self.accepting(Accept::GeoJson).execute().await?.json()
    }

    /// Returns PostgreSQL's execution plan of the query, as text or JSON.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute).
    pub async fn explain(self, options: Explain) -> Result<String, Error> {
        let response = self.accepting(Accept::Plan(options)).execute().await?;
        Ok(response.text().into_owned())
    }

    /// Returns a stream of all rows, which reads them page by page and keeps one page in memory. Nothing is
    /// sent before the first row is requested, and each page is requested with a live token. A mistake in the
    /// query is the first item of the stream.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// use scoped_runtime::Paging;
    ///
    /// let mut notes = alice.from("notes").fetch_stream::<serde_json::Value>(Paging::by_key("id"));
    /// while let Some(note) = notes.next().await {
    ///     println!("{}", note?);
    /// }
    /// # Ok(()) }
    /// ```
    #[doc(alias = "stream")]
    pub fn fetch_stream<T: DeserializeOwned>(self, paging: Paging) -> Rows<T> {
        Rows::new(self, paging)
    }
}

/// Builds the request that `execute` sends, for the benchmarks.
///
/// # Errors
/// The errors of [`Query::execute`] before anything is sent.
#[doc(hidden)]
pub fn prepared(query: &Query) -> Result<impl Sized + use<>, Error> {
    let prepared = query.prepare()?;
    let token = prepared.core.token()?;
    Ok(prepared.core.prepare(&prepared.request, &token)?)
}
