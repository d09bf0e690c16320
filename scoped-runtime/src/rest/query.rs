use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;

use super::body::Body;
use super::column_names::{ColumnNames, checked_names};
use super::comparison::Comparison;
use super::condition::{Condition, Operator};
use super::condition_syntax::is_group;
use super::mistake::{BuildError, Mistake};
use super::preference::Resolution;
use super::statement::Statement;
use super::verb::Verb;
use crate::client::{Async, Core, Mode};
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
pub struct Query<M: Mode = Async> {
    pub(super) core: Arc<Core>,
    pub(super) statement: Box<Statement>,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> Query<M> {
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
        if self.statement.has_select {
            let remedy = "name all columns in one `select`";
            return self.refuse(Mistake::new("`select` is called twice", remedy));
        }
        if let Some(mistake) = Mistake::if_nul("select", columns) {
            return self.refuse(mistake);
        }
        self.statement.has_select = true;
        if columns.contains('\n') {
            let one_line: String = columns.lines().map(str::trim).collect();
            self.statement.parameter("select", &one_line);
        } else {
            self.statement.parameter("select", columns);
        }
        self
    }

    /// Inserts a row, or a list of rows, and returns them. The rows of a list may differ in their keys:
    /// what a row lacks takes the column's default.
    ///
    /// Returning the rows needs a policy that lets the user read them: see [`Returning`](crate::Returning).
    pub fn insert(self, rows: impl Serialize) -> Self {
        self.with_body(Verb::Insert, Body::new(&rows))
    }

    /// [`insert`](Self::insert) of text that is JSON already.
    pub fn insert_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Insert, Body::from_json(json.into()))
    }

    /// Inserts rows, or replaces the columns given in rows with the same key, and returns them. All rows
    /// of a list must have the same columns.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#upsert>.
    pub fn upsert(self, rows: impl Serialize) -> Self {
        self.with_body(Verb::Upsert, Body::new(&rows))
    }

    /// [`upsert`](Self::upsert) of text that is JSON already.
    pub fn upsert_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Upsert, Body::from_json(json.into()))
    }

    /// The columns that make two rows the same for [`upsert`](Self::upsert), if not the primary key.
    #[doc(alias = "onConflict")]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "lists and text alike, written in place"
    )]
    pub fn on_conflict(mut self, columns: impl ColumnNames) -> Self {
        match checked_names(&columns) {
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
        match checked_names(&columns) {
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
        self.with_body(Verb::Update, Body::from_json(json.into()))
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

    pub(super) fn call(self, arguments: Result<Body, BuildError>) -> Self {
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

    fn with_body(mut self, verb: Verb, body: Result<Body, BuildError>) -> Self {
        match body {
            Ok(body) => self.statement.body = Some(body),
            Err(error) => self.statement.record(Err::<(), _>(error)),
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

    pub(super) fn refuse(mut self, mistake: Mistake) -> Self {
        self.statement.record(Err::<(), _>(mistake));
        self
    }
}

impl<M: Mode> Clone for Query<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            statement: self.statement.clone(),
            mode: PhantomData,
        }
    }
}

/// Filters may hold personal data, so nothing of the query is shown.
impl<M: Mode> fmt::Debug for Query<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("user_id", &self.core.user_id())
            .finish_non_exhaustive()
    }
}
