//! What a query says of its rows and of its answer, beside filters.

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

impl<M: Mode> Query<M> {
    /// Sorts by a column: a name, or [`Order::desc`] of one. Calls add up.
    pub fn order<'a>(mut self, order: impl Into<Order<'a>>) -> Self {
        match order.into().render() {
            Ok((table, column)) => self.statement.order(&table, &column),
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    /// At most this many rows.
    ///
    /// On an update or a delete it is a promise, as [`max_affected`](Self::max_affected): a write that
    /// would touch more rows is refused as a whole. `PostgREST` before version 13 writes the first rows
    /// in the order given.
    pub fn limit(mut self, count: usize) -> Self {
        if self.statement.limit.is_some() {
            return self.repeated("limit");
        }
        self.statement.limit = Some(count);
        self
    }

    /// Skips this many rows of a read.
    pub fn offset(mut self, count: usize) -> Self {
        if self.statement.offset.is_some() {
            return self.repeated("offset");
        }
        self.statement.offset = Some(count);
        self
    }

    /// The rows from `low` to `high`, counted from 0, both included; none if `high` is below `low`.
    pub fn range(self, low: usize, high: usize) -> Self {
        let count = match high.checked_sub(low) {
            Some(more) => more.saturating_add(1),
            None => 0,
        };
        let query = self.limit(count);
        if low > 0 { query.offset(low) } else { query }
    }

    /// At most this many rows of an embedded table.
    #[doc(alias = "referencedTable")]
    #[doc(alias = "foreign_table_limit")]
    pub fn embedded_limit(self, table: impl AsRef<str>, count: usize) -> Self {
        self.embedded(table.as_ref(), "limit", count)
    }

    /// Skips this many rows of an embedded table.
    pub fn embedded_offset(self, table: impl AsRef<str>, count: usize) -> Self {
        self.embedded(table.as_ref(), "offset", count)
    }

    /// Counts all rows that match, for [`Response::count`](crate::Response::count).
    pub fn exact_count(self) -> Self {
        self.with_count(Count::Exact)
    }

    /// Like [`exact_count`](Self::exact_count), but PostgreSQL's estimate: fast and rough.
    pub fn planned_count(self) -> Self {
        self.with_count(Count::Planned)
    }

    /// Exact up to a limit of the server's, an estimate from there.
    pub fn estimated_count(self) -> Self {
        self.with_count(Count::Estimated)
    }

    /// Asks for one object instead of a list; no row, or more than one, is an error (PGRST116).
    pub fn single(mut self) -> Self {
        self.statement.accept = Accept::Object;
        self
    }

    /// What a write answers with; without it, the rows written.
    pub fn returning(mut self, returning: Returning) -> Self {
        self.statement.preferences.returning = Some(returning);
        self
    }

    /// Refuses an update, a delete or a function call that touches more rows than this: the server
    /// undoes it and answers PGRST124. `PostgREST` before version 13 does not know it.
    /// See <https://docs.postgrest.org/en/stable/references/api/preferences.html#max-affected>.
    #[doc(alias = "maxAffected")]
    pub fn max_affected(mut self, count: usize) -> Self {
        self.statement.preferences.max_affected = Some(count);
        self
    }

    /// Says how many rows an update or a delete touches. More are refused, as by
    /// [`max_affected`](Self::max_affected). Fewer are
    /// [`ClientError::FewerRows`](crate::ClientError::FewerRows): the write has happened by then.
    pub fn expect_rows(mut self, count: usize) -> Self {
        self.statement.expected_rows = Some(count);
        self
    }

    /// Adds a `Prefer` setting such as `timezone=Europe/Berlin`. It replaces one of the same name and
    /// leaves the others.
    /// See <https://docs.postgrest.org/en/stable/references/api/preferences.html>.
    pub fn prefer(mut self, setting: impl AsRef<str>) -> Self {
        let outcome = self.statement.preferences.set(setting.as_ref());
        self.statement.record(outcome);
        self
    }

    /// Sets a header that has no method. Those that frame the message or belong to the client are
    /// refused.
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

    /// Adds a parameter that has no method. Those that have one are refused, and filters are: a value
    /// must not be read as something else than it is here.
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

    /// How long this query may take in all, instead of the configuration's `request_timeout`.
    pub fn timeout(mut self, after: Duration) -> Self {
        self.statement.timeout = Some(after);
        self
    }

    /// Lets a write be sent again after a byte of it has left, as a read always is: when its connection
    /// was lost, or the answer was 502, 503 or 504. The server may have carried the first one out, so it
    /// is for writes that may happen twice (RFC 9110, section 9.2.2): an upsert, an update to given values,
    /// a delete. An insert whose key the server chooses would leave two rows.
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
        let what = format!("`{method}` is said twice");
        self.refuse(Mistake::new(
            what,
            "keep the one that is meant; `range` says both",
        ))
    }
}
