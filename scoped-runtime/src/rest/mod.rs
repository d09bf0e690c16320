//! PostgREST: queries on tables, views and functions, and requests to any other path.
//!
//! A query is written (`query`, `filters`), kept as what was said (`statement`), checked (`check`),
//! turned into a request (`target`), sent, and its answer read (`send`, `read`). Names and values are written in
//! `column`, `value`, `literal` and `encode`, and nowhere else.

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
    /// A query on a table or view. It never fails here: a bad name is an error when it is sent.
    #[doc(alias = "table")]
    pub fn from(&self, table: impl AsRef<str>) -> Query<M> {
        table_query(self.core(), self.schema_name(), table.as_ref())
    }

    /// A call of a database function. Its arguments are a struct or a map by their names, or `()`. A
    /// client that [only reads](crate::ScopedClientBuilder::read_only) sends them in the URL, with GET.
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

    /// [`rpc`](Self::rpc) with arguments that are JSON text already.
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
    /// As [`ScopedClient::from`], in the role `anon`.
    pub fn from(&self, table: impl AsRef<str>) -> Query<M> {
        table_query(self.core(), self.schema_name(), table.as_ref())
    }

    /// As [`ScopedClient::rpc`], in the role `anon`.
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
    below: &str,
    kind: &'static str,
    name: &str,
) -> Query<M> {
    let mut path = String::with_capacity(raw_request::ROOT.len() + below.len() + name.len());
    path.push_str(raw_request::ROOT);
    path.push_str(below);
    let path = name::push_segment(&mut path, kind, name).map(|()| path);
    Query::new(Arc::clone(core), path, schema.cloned())
}
