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

/// A query on a table, a view or a function, which its client sends as the user.
/// [`ScopedClient::from`](crate::ScopedClient::from) and [`ScopedClient::rpc`](crate::ScopedClient::rpc) start
/// one.
///
/// ```no_run
/// use serde_json::{Value, json};
///
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let open: Vec<Value> = alice.from("notes").select("id,body").eq("state", "open").fetch().await?;
/// let note: Value = alice.from("notes").insert(json!({ "body": "buy milk" })).fetch_one().await?;
/// alice.from("notes").update(json!({ "state": "done" })).eq("id", 7).expect_rows(1).execute().await?;
/// alice.from("notes").delete().eq("state", "done").execute().await?;
/// # Ok(()) }
/// ```
///
/// **The query gets its token when it is sent**, not when it is written: a query that is kept for hours is
/// still sent with a live token. A query can be cloned to be sent again.
///
/// No method of a query fails. A query that contradicts itself, or that the server would execute with
/// another meaning, is an error when it is sent, before anything leaves the process: an update without a
/// filter, an offset on a delete, a filter on an insert, NUL in a value.
///
/// [The guide to queries](crate::docs::queries) says what is refused, and what to write instead;
/// [a table](crate::docs::from_supabase_js) has the methods of supabase-js and supabase-py.
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

    /// Selects the columns to return, and embedded tables, in PostgREST's syntax. The default is all columns.
    /// The text is not quoted, so do not build it from user input. Line breaks and indentation are removed.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#vertical-filtering>.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let notes: Vec<serde_json::Value> = alice.from("notes").select("id, body, author(name)").fetch().await?;
    /// # Ok(()) }
    /// ```
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

    /// Inserts a row or a list of rows, and returns them. The rows of a list may differ in their keys: a
    /// column that a row lacks takes its default.
    ///
    /// To return the rows, a policy must allow the user to read them; see [`Returning`](crate::Returning).
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// use serde_json::{Value, json};
    ///
    /// let note: Value = alice.from("notes").insert(json!({ "body": "buy milk" })).fetch_one().await?;
    /// alice.from("notes").insert([json!({ "body": "a" }), json!({ "body": "b" })]).execute().await?;
    /// # Ok(()) }
    /// ```
    pub fn insert(self, rows: impl Serialize) -> Self {
        self.with_body(Verb::Insert, Body::new(&rows))
    }

    /// [`insert`](Self::insert) with rows as JSON text.
    pub fn insert_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Insert, Body::from_json(json.into()))
    }

    /// Inserts rows, or updates the given columns of existing rows with the same key, and returns them. All
    /// rows of a list must have the same columns.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#upsert>.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let row = serde_json::json!({ "user": 7, "theme": "dark" });
    /// alice.from("settings").upsert(row).on_conflict("user").execute().await?;
    /// # Ok(()) }
    /// ```
    pub fn upsert(self, rows: impl Serialize) -> Self {
        self.with_body(Verb::Upsert, Body::new(&rows))
    }

    /// [`upsert`](Self::upsert) with rows as JSON text.
    pub fn upsert_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Upsert, Body::from_json(json.into()))
    }

    /// Sets the columns by which an [`upsert`](Self::upsert) finds existing rows; the default is the primary
    /// key. The columns need a unique constraint.
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

    /// Makes an [`upsert`](Self::upsert) keep existing rows unchanged.
    #[doc(alias = "ignoreDuplicates")]
    pub fn ignore_duplicates(mut self) -> Self {
        self.statement.preferences.resolution = Some(Resolution::Ignore);
        self
    }

    /// Sets the columns that a write sets; the server ignores the other keys of the rows.
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

    /// Updates the rows that match the filters, and returns them. An update without a filter is refused,
    /// unless [`all_rows`](Self::all_rows) is called.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let changes = serde_json::json!({ "done": true });
    /// alice.from("notes").update(changes).eq("id", 7).expect_rows(1).execute().await?;
    /// # Ok(()) }
    /// ```
    pub fn update(self, changes: impl Serialize) -> Self {
        self.with_body(Verb::Update, Body::new(&changes))
    }

    /// [`update`](Self::update) with the changes as JSON text.
    pub fn update_json(self, json: impl Into<String>) -> Self {
        self.with_body(Verb::Update, Body::from_json(json.into()))
    }

    /// Deletes the rows that match the filters, and returns them. A delete without a filter is refused,
    /// unless [`all_rows`](Self::all_rows) is called.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// alice.from("notes").delete().eq("done", true).execute().await?;
    /// # Ok(()) }
    /// ```
    pub fn delete(self) -> Self {
        self.verb(Verb::Delete)
    }

    /// Allows an update or a delete without a filter, which affects every row that the user may write.
    ///
    /// Servers with the extension `safeupdate`, such as Supabase's, refuse such a write. Use a filter that
    /// matches every row there, such as `not("id", "is", "null")`.
    pub fn all_rows(mut self) -> Self {
        self.statement.all_rows = true;
        self
    }

    pub(super) fn call(self, arguments: Result<Body, BuildError>) -> Self {
        self.with_body(Verb::Call, arguments)
    }

    /// Calls a function with GET and sends its arguments in the URL, so that answers can be cached. PostgREST
    /// runs the call in a read-only transaction, so the function must be `stable` or `immutable`.
    #[doc(alias = "get")]
    pub fn by_get(mut self) -> Self {
        match self.statement.verb {
            Verb::Call | Verb::CallByGet => self.statement.verb = Verb::CallByGet,
            other => {
                let what = format!("`by_get` does not apply to {}", other.name());
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
                "the argument of `{}_raw` is not a list of conditions",
                operator.text()
            );
            let remedy = "separate conditions by commas, or use `Condition`, which renders them";
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
            let what = format!("the query is both {} and {}", present.name(), verb.name());
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

/// Does not show the filters and bodies, which may contain personal data.
impl<M: Mode> fmt::Debug for Query<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("user_id", &self.core.user_id())
            .finish_non_exhaustive()
    }
}
