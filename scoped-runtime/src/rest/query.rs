use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::body::Body;
use super::column::{is_parameter, table_path};
use super::columns::{ColumnNames, checked};
use super::comparison::{Comparison, is_filter};
use super::condition::{Condition, Operator};
use super::group::is_group;
use super::header;
use super::mistake::{Mistake, Refusal};
use super::order::Order;
use super::preference::{Count, Resolution, Returning};
use super::statement::{Accept, Statement, Verb};
use crate::client::{Async, Core};
use crate::error::ClientError;

/// A request to a table, a view or a function, bound to its client.
///
/// **The token is decided when the query is sent**, not when it is written: one that is held for hours
/// still carries a live token. A clone can be sent again.
///
/// Writing a query never fails. What contradicts itself, or cannot mean on the server what it says
/// here, is an error when it is sent, before anything leaves: an update without a filter, an offset on
/// a delete, a filter on an insert, NUL in a value.
///
/// [Queries](crate::docs::queries) lists the methods beside those of supabase-js and supabase-py.
#[must_use = "a query does nothing until it is sent with `execute` or `fetch`"]
pub struct Query<M = Async> {
    pub(super) core: Arc<Core>,
    pub(super) statement: Box<Statement>,
    mode: PhantomData<fn() -> M>,
}

impl<M> Query<M> {
    pub(super) fn new(
        core: Arc<Core>,
        path: Result<String, ClientError>,
        schema: Option<Arc<str>>,
    ) -> Self {
        Self {
            core,
            statement: Box::new(Statement::new(path, schema)),
            mode: PhantomData,
        }
    }

    /// The columns to return, and embedded tables, in PostgREST's syntax: the text is sent as it is, so
    /// do not build it from a user's input. Line breaks in it are left out. Without it, all columns.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#vertical-filtering>.
    pub fn select(mut self, columns: impl AsRef<str>) -> Self {
        let columns = columns.as_ref();
        if self.statement.select.is_some() {
            let remedy = "name all columns in one `select`";
            return self.refuse(Mistake::new("`select` is called twice", remedy));
        }
        if let Some(mistake) = Mistake::if_nul("select", columns) {
            return self.refuse(mistake);
        }
        let one_line = columns.lines().map(str::trim).collect();
        self.statement.select = Some(one_line);
        self
    }

    /// Inserts a row, or a list of rows, and returns them. The rows of a list may differ in their keys:
    /// what a row lacks takes the column's default.
    ///
    /// Returning the rows needs a policy that lets the user read them: see [`Returning`].
    pub fn insert(self, rows: impl Serialize) -> Self {
        self.with_body(Verb::Insert, Body::new(&rows))
    }

    /// [`insert`](Self::insert) of text that is JSON already.
    pub fn insert_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Insert, Body::raw(json.into()))
    }

    /// Inserts rows, or replaces the columns given in rows with the same key, and returns them. All rows
    /// of a list must have the same columns.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#upsert>.
    pub fn upsert(self, rows: impl Serialize) -> Self {
        self.with_body(Verb::Upsert, Body::new(&rows))
    }

    /// [`upsert`](Self::upsert) of text that is JSON already.
    pub fn upsert_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Upsert, Body::raw(json.into()))
    }

    /// The columns that make two rows the same for [`upsert`](Self::upsert), if not the primary key.
    #[doc(alias = "onConflict")]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "lists and text alike, written in place"
    )]
    pub fn on_conflict(mut self, columns: impl ColumnNames) -> Self {
        match checked(&columns) {
            Ok(columns) => self.statement.on_conflict = Some(columns),
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    /// Lets an [`upsert`](Self::upsert) leave the rows alone that are there.
    #[doc(alias = "ignoreDuplicates")]
    pub fn ignore_duplicates(mut self) -> Self {
        self.statement.preferences.resolution = Some(Resolution::Ignore);
        self
    }

    /// The columns that a write sets; what else the rows have is ignored by the server.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#specifying-columns>.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "lists and text alike, written in place"
    )]
    pub fn columns(mut self, columns: impl ColumnNames) -> Self {
        match checked(&columns) {
            Ok(columns) => self.statement.columns = Some(columns),
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    /// Changes the rows that the filters find, and returns them. Without a filter it is refused:
    /// [`all_rows`](Self::all_rows).
    pub fn update(self, changes: impl Serialize) -> Self {
        self.with_body(Verb::Update, Body::new(&changes))
    }

    /// [`update`](Self::update) of text that is JSON already.
    pub fn update_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Update, Body::raw(json.into()))
    }

    /// Deletes the rows that the filters find, and returns them. Without a filter it is refused:
    /// [`all_rows`](Self::all_rows).
    pub fn delete(self) -> Self {
        self.verb(Verb::Delete)
    }

    /// Lets an update or a delete have no filter: it touches every row that the user may write.
    ///
    /// Servers with the extension `safeupdate`, as Supabase's are, refuse such a write; there a filter
    /// that fits every row does it, such as `not("id", "is", "null")`.
    pub fn all_rows(mut self) -> Self {
        self.statement.all_rows = true;
        self
    }

    pub(super) fn call(self, arguments: Result<Body, Refusal>) -> Self {
        self.with_body(Verb::Call, arguments)
    }

    /// Sends the arguments of a function in the URL, with GET, so that answers can be cached. For
    /// functions that change nothing (`stable` or `immutable`).
    #[doc(alias = "get")]
    pub fn by_get(mut self) -> Self {
        match self.statement.verb {
            Verb::Call | Verb::CallByGet => self.statement.verb = Verb::CallByGet,
            other => {
                let what = format!("`by_get` means nothing for {}", other.name());
                return self.refuse(Mistake::new(what, "it belongs to `rpc`"));
            }
        }
        self
    }

    /// Sorts by a column: a name, or [`Order::desc`] of one. Calls add up.
    pub fn order<'a>(mut self, order: impl Into<Order<'a>>) -> Self {
        match order.into().written() {
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
            return self.twice("limit");
        }
        self.statement.limit = Some(count);
        self
    }

    /// Skips this many rows of a read.
    pub fn offset(mut self, count: usize) -> Self {
        if self.statement.offset.is_some() {
            return self.twice("offset");
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
        self.counted(Count::Exact)
    }

    /// Like [`exact_count`](Self::exact_count), but PostgreSQL's estimate: fast and rough.
    pub fn planned_count(self) -> Self {
        self.counted(Count::Planned)
    }

    /// Exact up to a limit of the server's, an estimate from there.
    pub fn estimated_count(self) -> Self {
        self.counted(Count::Estimated)
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
        self.statement.note(outcome);
        self
    }

    /// Sets a header that has no method. Those that frame the message or belong to the client are
    /// refused.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let headers = self.statement.headers.get_or_insert_default();
        let outcome = header::set(headers, name.as_ref(), value.as_ref(), header::OF_QUERIES)
            .map_err(|error| Refusal::Name(Arc::new(error)));
        self.statement.note(outcome);
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

    pub(super) fn compare(mut self, comparison: Result<Comparison<'_>, Mistake>) -> Self {
        match comparison {
            Ok(comparison) => self.statement.filter(&comparison),
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    pub(super) fn condition(mut self, condition: Condition) -> Self {
        match condition.tree() {
            Ok(tree) => self.statement.condition(&tree),
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    pub(super) fn raw_condition(mut self, operator: Operator, list: &str) -> Self {
        if let Some(mistake) = Mistake::if_nul("condition", list) {
            return self.refuse(mistake);
        }
        if !is_group(&format!("({list})")) {
            let what = format!(
                "`{}_raw` is not a list of conditions to its end",
                operator.text()
            );
            let remedy =
                "write conditions with commas between, or use `Condition`, which writes them";
            return self.refuse(Mistake::new(what, remedy));
        }
        self.statement.raw_condition(operator, list);
        self
    }

    fn with_body(mut self, verb: Verb, body: Result<Body, Refusal>) -> Self {
        match body {
            Ok(body) => self.statement.body = Some(body),
            Err(refusal) => self.statement.note(Err::<(), _>(refusal)),
        }
        self.verb(verb)
    }

    fn verb(mut self, verb: Verb) -> Self {
        let present = self.statement.verb;
        if present != Verb::Read {
            let what = format!(
                "the query is {} and {} at once",
                present.name(),
                verb.name()
            );
            return self.refuse(Mistake::new(what, "write two queries"));
        }
        self.statement.verb = verb;
        self
    }

    fn counted(mut self, count: Count) -> Self {
        self.statement.preferences.count = Some(count);
        self
    }

    fn embedded(mut self, table: &str, parameter: &str, count: usize) -> Self {
        match table_path(table) {
            Ok(path) => {
                let outcome = self
                    .statement
                    .embedded(format!("{path}.{parameter}"), count);
                self.statement.note(outcome);
            }
            Err(mistake) => return self.refuse(mistake),
        }
        self
    }

    fn twice(self, method: &str) -> Self {
        let what = format!("`{method}` is said twice");
        self.refuse(Mistake::new(
            what,
            "keep the one that is meant; `range` says both",
        ))
    }

    pub(super) fn refuse(mut self, mistake: Mistake) -> Self {
        self.statement.note(Err::<(), _>(mistake));
        self
    }
}

impl<M> Clone for Query<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            statement: self.statement.clone(),
            mode: PhantomData,
        }
    }
}

/// Filters may hold personal data, so nothing of the query is shown.
impl<M> fmt::Debug for Query<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("user_id", self.core.user_id())
            .finish_non_exhaustive()
    }
}
