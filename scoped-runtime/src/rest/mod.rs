//! PostgREST: queries on tables, views and functions, and requests to any other path.
//!
//! The methods of a query (`query`, `filters`, `modifiers`) fill a `statement`. Sending the query (`send`)
//! checks the statement (`check`), builds the request (`build_request`) and reads the answer
//! (`read_response`). Names and values are rendered only in `column`, `value`, `literal` and `encode`.

mod body;
mod build_request;
mod check;
mod column;
mod column_names;
mod comparison;
mod condition;
mod condition_syntax;
mod encode;
mod explain;
mod filters;
mod header;
mod keyset_page;
mod literal;
mod mistake;
mod modifiers;
#[cfg(feature = "postgrest")]
mod native_builder;
mod not_built;
mod operand;
mod operator;
mod order;
mod paging;
mod preference;
mod query;
mod raw_request;
pub(crate) mod read_response;
mod request;
mod send;
mod statement;
#[cfg(any(feature = "chrono", feature = "jiff"))]
mod time;
mod value;
mod verb;

pub use column::Column;
pub use column_names::ColumnNames;
pub use condition::Condition;
pub use explain::Explain;
pub use literal::{Composite, Json, RangeValue, json};
pub(crate) use not_built::BuiltClient;
pub use operand::{All, Any, Operand, all, any};
pub use operator::Is;
pub use order::Order;
pub use paging::{Paging, Rows};
pub use preference::Returning;
pub use query::Query;
pub use read_response::Page;
pub use request::Request;
pub use send::prepared;
pub use value::{FilterValue, Text, text};
#[cfg(feature = "blocking")]
pub(crate) use verb::Accept;

use std::sync::Arc;

use serde::Serialize;

use self::body::Body;
use self::mistake::BuildError;
use crate::claims::ScopedClaims;
use crate::client::{AnonymousClient, Core, Mode, ScopedClient, name};

impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// Starts a query on a table or view. This method does not fail: an invalid name is an error when the
    /// query is sent.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let notes: Vec<serde_json::Value> = alice.from("notes").select("*").eq("done", false).fetch().await?;
    /// # Ok(()) }
    /// ```
    #[doc(alias = "table")]
    #[doc(alias = "from_")]
    pub fn from(&self, table: impl AsRef<str>) -> Query<M> {
        table_query(self.core(), self.schema_name(), table.as_ref())
    }

    /// Starts a call of a database function. The arguments are a struct or a map from their names, or `()` for
    /// a function without arguments. A [read-only](crate::ScopedClientBuilder::read_only) client calls the
    /// function with GET and sends the arguments in the URL.
    /// See <https://docs.postgrest.org/en/stable/references/api/functions.html>.
    ///
    /// ```no_run
    /// #[derive(serde::Serialize)]
    /// struct Args { year: i32 }
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let sum: i64 = alice.rpc("sum_of", &Args { year: 2026 }).fetch_one().await?;
    /// alice.rpc("refresh", ()).fetch_one::<()>().await?;
    /// # Ok(()) }
    /// ```
    pub fn rpc(&self, function: impl AsRef<str>, arguments: impl Serialize) -> Query<M> {
        let arguments = Body::arguments(&arguments);
        call(
            self.core(),
            self.schema_name(),
            function.as_ref(),
            arguments,
        )
    }

    /// [`rpc`](Self::rpc) with the arguments as JSON text.
    pub fn rpc_json(&self, function: impl AsRef<str>, json: impl Into<String>) -> Query<M> {
        let arguments = Body::from_json(json.into());
        call(
            self.core(),
            self.schema_name(),
            function.as_ref(),
            arguments,
        )
    }
}

impl<M: Mode> AnonymousClient<M> {
    /// Starts a query on a table or view, in the role `anon`; see [`ScopedClient::from`].
    pub fn from(&self, table: impl AsRef<str>) -> Query<M> {
        table_query(self.core(), self.schema_name(), table.as_ref())
    }

    /// Starts a call of a database function, in the role `anon`; see [`ScopedClient::rpc`].
    pub fn rpc(&self, function: impl AsRef<str>, arguments: impl Serialize) -> Query<M> {
        let arguments = Body::arguments(&arguments);
        call(
            self.core(),
            self.schema_name(),
            function.as_ref(),
            arguments,
        )
    }
}

fn table_query<M: Mode>(core: &Arc<Core>, schema: Option<&Arc<str>>, table: &str) -> Query<M> {
    query(core, schema, "", "table", table)
}

fn call<M: Mode>(
    core: &Arc<Core>,
    schema: Option<&Arc<str>>,
    function: &str,
    arguments: Result<Body, BuildError>,
) -> Query<M> {
    let call = query(core, schema, "rpc/", "function", function).call(arguments);
    if core.is_read_only() {
        call.by_get()
    } else {
        call
    }
}

fn query<M: Mode>(
    core: &Arc<Core>,
    schema: Option<&Arc<str>>,
    prefix: &str,
    kind: &'static str,
    name: &str,
) -> Query<M> {
    let mut path = String::with_capacity(raw_request::ROOT.len() + prefix.len() + name.len());
    path.push_str(raw_request::ROOT);
    path.push_str(prefix);
    let path = name::push_segment(&mut path, kind, name).map(|()| path);
    Query::new(Arc::clone(core), path, schema.cloned())
}
