//! The modifiers of a query: order, limits, counts, preferences, headers and timeouts.

use std::sync::Arc;
use std::time::Duration;

use super::column::{is_parameter, table_path};
use super::header;
use super::mistake::{BuildError, Mistake};
use super::operator::is_filter;
use super::order::Order;
use super::preference::{Count, Returning};
use super::query::Query;
use super::verb::Accept;
use crate::client::Mode;
use crate::transport::Retry;

/// Modifiers. They choose the order and number of the rows, the form of the answer, and how the query is sent.
///
/// ```no_run
/// use std::time::Duration;
/// use scoped_runtime::Order;
///
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let newest: Vec<serde_json::Value> = alice
///     .from("notes")
///     .select("*")
///     .order(Order::desc("created_at"))
///     .limit(20)
///     .timeout(Duration::from_secs(2))
///     .fetch()
///     .await?;
/// # Ok(()) }
/// ```
impl<M: Mode> Query<M> {
    /// Sorts by a column: a name for ascending order, or [`Order::desc`]. Further calls add columns that
    /// order the rows that are equal so far.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// use scoped_runtime::Order;
    ///
    /// let notes: Vec<serde_json::Value> = alice.from("notes").order(Order::desc("stars")).order("id").fetch().await?;
    /// # Ok(()) }
    /// ```
    pub fn order<'a>(mut self, order: impl Into<Order<'a>>) -> Self {
        match order.into().render() {
            Ok((table, column)) => self.statement.order(&table, &column),
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    /// Returns at most this many rows.
    ///
    /// On an update or a delete it has the effect of [`max_affected`](Self::max_affected): the server refuses
    /// the whole write if it would affect more rows. `PostgREST` before version 13 writes the first rows in
    /// the given order.
    pub fn limit(mut self, count: usize) -> Self {
        if self.statement.limit.is_some() {
            return self.repeated("limit");
        }
        self.statement.limit = Some(count);
        self
    }

    /// Skips this many rows of a read. It is refused on a write.
    pub fn offset(mut self, count: usize) -> Self {
        if self.statement.offset.is_some() {
            return self.repeated("offset");
        }
        self.statement.offset = Some(count);
        self
    }

    /// Returns the rows from `low` to `high`, counted from 0 and both inclusive; no rows if `high` is less
    /// than `low`. It sets both the limit and the offset.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let page = alice.from("notes").order("id").range(20, 39).fetch_page::<serde_json::Value>().await?; // the second 20
    /// # Ok(()) }
    /// ```
    pub fn range(self, low: usize, high: usize) -> Self {
        let count = match high.checked_sub(low) {
            Some(more) => more.saturating_add(1),
            None => 0,
        };
        let query = self.limit(count);
        if low > 0 { query.offset(low) } else { query }
    }

    /// Embeds at most this many rows of an embedded table.
    #[doc(alias = "referencedTable")]
    #[doc(alias = "foreign_table_limit")]
    pub fn embedded_limit(self, table: impl AsRef<str>, count: usize) -> Self {
        self.embedded(table.as_ref(), "limit", count)
    }

    /// Skips this many rows of an embedded table.
    pub fn embedded_offset(self, table: impl AsRef<str>, count: usize) -> Self {
        self.embedded(table.as_ref(), "offset", count)
    }

    /// Requests the exact number of matching rows, which [`Response::count`](crate::Response::count) returns.
    /// See <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
    pub fn exact_count(self) -> Self {
        self.with_count(Count::Exact)
    }

    /// Requests the number of matching rows that PostgreSQL's planner estimates, which is fast and inexact.
    pub fn planned_count(self) -> Self {
        self.with_count(Count::Planned)
    }

    /// Requests a count that is exact up to the server's `max-rows`, and estimated beyond it.
    pub fn estimated_count(self) -> Self {
        self.with_count(Count::Estimated)
    }

    /// Requests one object instead of a list. The server answers with an error (PGRST116) if there is no row
    /// or more than one.
    pub fn single(mut self) -> Self {
        self.statement.accept = Accept::Object;
        self
    }

    /// Chooses what a write returns; the default is [`Returning::Rows`].
    pub fn returning(mut self, returning: Returning) -> Self {
        self.statement.preferences.returning = Some(returning);
        self
    }

    /// Limits how many rows an update, a delete or a function call may affect. If it affects more, the server
    /// rolls it back and answers with an error (PGRST124). `PostgREST` before version 13 ignores the limit.
    /// See <https://docs.postgrest.org/en/stable/references/api/preferences.html#max-affected>.
    #[doc(alias = "maxAffected")]
    pub fn max_affected(mut self, count: usize) -> Self {
        self.statement.preferences.max_affected = Some(count);
        self
    }

    /// Requires that an update or a delete affects exactly this many rows. If it affects more, the server
    /// rolls it back, as for [`max_affected`](Self::max_affected). If it affects fewer, the call returns
    /// [`ClientError::FewerRows`](crate::ClientError::FewerRows), but the write has happened.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// alice.from("notes").delete().eq("id", 7).expect_rows(1).execute().await?; // an error if it was not there
    /// # Ok(()) }
    /// ```
    pub fn expect_rows(mut self, count: usize) -> Self {
        self.statement.expected_rows = Some(count);
        self
    }

    /// Adds a preference to the `Prefer` header (RFC 7240), such as `timezone=Europe/Berlin`. It replaces an
    /// earlier preference of the same name.
    /// See <https://docs.postgrest.org/en/stable/references/api/preferences.html>.
    pub fn prefer(mut self, setting: impl AsRef<str>) -> Self {
        let outcome = self.statement.preferences.set(setting.as_ref());
        self.statement.record(outcome);
        self
    }

    /// Sets a header that has no method of its own. Headers that frame the message, and headers that the
    /// client sets, are an error when the query is sent.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let headers = self.statement.headers.get_or_insert_default();
        let outcome = header::set(
            headers,
            name.as_ref(),
            value.as_ref(),
            header::WITH_QUERY_METHOD,
        )
        .map_err(|error| BuildError::Name(Arc::new(error)));
        self.statement.record(outcome);
        self
    }

    /// Adds a URL parameter that has no method of its own, such as an argument of a function. Filters, and
    /// parameters that have a method, are an error when the query is sent.
    pub fn param(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        let last = name.rsplit('.').next().unwrap_or(name);
        if is_parameter(last) || is_filter(value) || name.is_empty() {
            let remedy = "use the method, such as `limit(n)` or `filter(column, operator, value)`";
            return self.refuse(Mistake::named(
                "parameter",
                name,
                "has a method of its own",
                remedy,
            ));
        }
        let nul = Mistake::if_nul("parameter", name).or(Mistake::if_nul("parameter", value));
        if let Some(mistake) = nul {
            return self.refuse(mistake);
        }
        self.statement.parameter(name, value);
        self
    }

    /// Sets how long this query may take in total, including retries. The default is
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout) of the configuration.
    pub fn timeout(mut self, after: Duration) -> Self {
        self.statement.timeout = Some(after);
        self
    }

    /// Allows a write to be retried after it has been sent, as reads always are: when the connection was lost,
    /// or the answer was 502, 503 or 504. The server may have executed the first attempt, so use it for
    /// idempotent writes (RFC 9110, section 9.2.2): an upsert, an update to fixed values, a delete. An insert
    /// whose key the server generates could leave two rows.
    #[doc(alias = "retry")]
    pub fn repeatable(mut self) -> Self {
        self.statement.retry = Retry::Always;
        self
    }

    fn with_count(mut self, count: Count) -> Self {
        self.statement.preferences.count = Some(count);
        self
    }

    fn embedded(mut self, table: &str, parameter: &str, count: usize) -> Self {
        match table_path(table) {
            Ok(path) => {
                let outcome = self
                    .statement
                    .embedded(format!("{path}.{parameter}"), count);
                self.statement.record(outcome);
            }
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    fn repeated(self, method: &str) -> Self {
        let what = format!("`{method}` is set twice");
        self.refuse(Mistake::new(
            what,
            "keep one of them; `range` sets both the limit and the offset",
        ))
    }
}
