//! Direct Postgres: SQL that runs as the user of a client, over connections of a pool.

mod allowed_roles;
mod call;
mod checked_login;
mod config;
mod connector;
mod driver_error;
mod known_login;
mod lease;
mod parameters;
mod pool;
mod pooled_client;
mod project;
mod role_settings;
pub(crate) mod rows;
mod scope;
mod scope_statements;
mod scoped_postgres;
#[cfg(feature = "sqlx")]
mod scoped_sqlx;
mod single_statement;
mod span;
#[cfg(feature = "sqlx")]
mod sqlx_error;
#[cfg(feature = "sqlx")]
mod sqlx_lease;
#[cfg(feature = "sqlx")]
mod sqlx_pool;
mod statement;
mod statement_methods;
mod transaction;
mod value;
mod value_deserializer;
mod value_error;
mod value_text;

pub use config::ToPostgresConfig;
pub use pool::PostgresPool;
pub use scope_statements::ScopeStatements;
pub use scoped_postgres::{Anonymous, AnonymousPostgres, ScopedPostgres};
#[cfg(feature = "sqlx")]
pub use scoped_sqlx::{AnonymousSqlx, ScopedSqlx};
#[cfg(feature = "sqlx")]
pub use sqlx_pool::SqlxPool;
#[cfg(feature = "blocking")]
pub(crate) use statement::Answer;
pub(crate) use statement::Statement;
pub(crate) use statement_methods::statement_methods;
pub use transaction::PostgresTransaction;
