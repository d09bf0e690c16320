//! A request to a table, a view or a function, bound to its client.

mod body;
mod condition;
mod filters;
mod send;
mod settings;

pub use body::Body;
pub use condition::Condition;
#[cfg(feature = "blocking")]
pub(crate) use send::optional;
pub use send::prepared;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use postgrest::Builder;

use self::settings::Settings;
use super::{Async, Core};
use crate::error::ClientError;

/// A [`postgrest::Builder`] bound to its client: all of that builder's methods, then
/// [`execute`](Self::execute), [`fetch`](Self::fetch), [`fetch_one`](Self::fetch_one) or
/// [`fetch_optional`](Self::fetch_optional).
///
/// **The token is decided when the query is sent**, not when it is written: one that is held for
/// hours still carries a live token. Building never fails; a mistake is reported when it is sent.
///
/// Where the native builder is unsafe or loses what it was told, this one is not: values in
/// [`in_`](Self::in_), [`or`](Self::or) and [`and`](Self::and) are quoted, `Prefer` settings add up,
/// limits are query parameters that hold for writes too.
#[must_use = "a query does nothing until it is sent with `execute` or `fetch`"]
pub struct Query<M = Async> {
    core: Arc<Core>,
    /// The first mistake takes the builder's place.
    builder: Result<Builder, ClientError>,
    settings: Settings,
    mode: PhantomData<fn() -> M>,
}

impl<M> Query<M> {
    pub(super) fn new(core: Arc<Core>, builder: Result<Builder, ClientError>) -> Self {
        Self {
            core,
            builder,
            settings: Settings::default(),
            mode: PhantomData,
        }
    }

    /// The columns to return, and embedded resources, in PostgREST's syntax: the text is sent as it
    /// is, so do not build it from a user's input.
    /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#vertical-filtering>.
    pub fn select(self, columns: impl Into<String>) -> Self {
        self.map(|builder| builder.select(columns))
    }

    /// Sorts by these columns, such as `name` or `price.desc.nullslast,name`.
    pub fn order(mut self, columns: impl AsRef<str>) -> Self {
        self.settings.order("order".to_owned(), columns.as_ref());
        self
    }

    /// Sorts by columns, of an embedded table if one is named. Calls add up.
    pub fn order_with_options(
        mut self,
        columns: impl AsRef<str>,
        foreign_table: Option<impl Into<String>>,
        ascending: bool,
        nulls_first: bool,
    ) -> Self {
        let key = match foreign_table.map(Into::into) {
            Some(table) if !table.is_empty() => format!("{table}.order"),
            _ => "order".to_owned(),
        };
        let direction = if ascending { "asc" } else { "desc" };
        let nulls = if nulls_first {
            "nullsfirst"
        } else {
            "nullslast"
        };
        let columns = format!("{}.{direction}.{nulls}", columns.as_ref());
        self.settings.order(key, &columns);
        self
    }

    /// At most this many rows.
    ///
    /// On an update or a delete this is also a promise that PostgREST 13 and later keep: a write that
    /// would touch more rows is refused as a whole (`max-affected`). Older versions write the first
    /// rows in the order given.
    pub fn limit(mut self, count: usize) -> Self {
        self.settings.limit(count);
        self
    }

    /// The rows from `low` to `high`, counted from 0, both included.
    pub fn range(mut self, low: usize, high: usize) -> Self {
        self.settings.range(low, high);
        self
    }

    /// At most this many rows of an embedded table.
    pub fn foreign_table_limit(self, count: usize, foreign_table: impl Into<String>) -> Self {
        self.map(|builder| builder.foreign_table_limit(count, foreign_table))
    }

    /// Counts all rows that match: [`Response::count`](crate::Response::count).
    pub fn exact_count(self) -> Self {
        self.prefer("count=exact")
    }

    /// Like [`exact_count`](Self::exact_count), but PostgreSQL's estimate: fast and rough.
    pub fn planned_count(self) -> Self {
        self.prefer("count=planned")
    }

    /// Exact up to a limit of the server's, an estimate from there.
    pub fn estimated_count(self) -> Self {
        self.prefer("count=estimated")
    }

    /// Asks for one object instead of a list; no row, or more than one, is an error (PGRST116).
    pub fn single(self) -> Self {
        self.map(Builder::single)
    }

    /// Inserts a row, or a list of rows, and returns them.
    pub fn insert(self, body: impl Into<Body>) -> Self {
        self.with_body(body, Builder::insert)
    }

    /// Inserts rows, or replaces those with the same key, and returns them.
    pub fn upsert(self, body: impl Into<Body>) -> Self {
        self.with_body(body, Builder::upsert)
    }

    /// The columns that make two rows the same for [`upsert`](Self::upsert), separated by commas.
    pub fn on_conflict(self, columns: impl Into<String>) -> Self {
        self.map(|builder| builder.on_conflict(columns))
    }

    /// Changes the rows that match, and returns them.
    pub fn update(self, body: impl Into<Body>) -> Self {
        self.with_body(body, Builder::update)
    }

    /// Deletes the rows that match, and returns them.
    pub fn delete(self) -> Self {
        self.map(Builder::delete)
    }

    /// Calls the function with these parameters; [`ScopedClient::rpc`](crate::ScopedClient::rpc) does
    /// this for you.
    pub fn rpc(self, parameters: impl Into<Body>) -> Self {
        self.with_body(parameters, Builder::rpc)
    }

    /// Adds a `Prefer` setting such as `return=minimal`, `missing=default` or `tx=rollback`. It
    /// replaces one of the same name and leaves the others.
    /// See <https://docs.postgrest.org/en/stable/references/api/preferences.html>.
    pub fn prefer(mut self, setting: impl AsRef<str>) -> Self {
        if let Err(mistake) = self.settings.prefer(setting.as_ref()) {
            self.builder = self.builder.and(Err(mistake));
        }
        self
    }

    fn with_body(
        mut self,
        body: impl Into<Body>,
        method: impl FnOnce(Builder, String) -> Builder,
    ) -> Self {
        let body = body.into().into_json();
        self.builder = self
            .builder
            .and_then(|builder| body.map(|body| method(builder, body)));
        self
    }

    fn map(mut self, method: impl FnOnce(Builder) -> Builder) -> Self {
        self.builder = self.builder.map(method);
        self
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
