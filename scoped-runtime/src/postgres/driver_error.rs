//! From the driver's errors to ours.

use deadpool_postgres::PoolError;
use tokio_postgres::error::DbError;

use crate::error::{DatabaseError, DatabaseErrorParts, PostgresError};

/// The error of a statement. `was_commit_sent` says whether a commit is on its way, so that an error which is
/// not the server's own leaves open whether it happened.
pub(super) fn statement_failed(
    error: tokio_postgres::Error,
    was_commit_sent: bool,
) -> PostgresError {
    match error.as_db_error() {
        Some(error) => of_database(error).into(),
        None => PostgresError::Connection {
            what: "the connection to Postgres was lost",
            may_have_committed: was_commit_sent,
            source: error.into(),
        },
    }
}

/// The error of getting a connection.
pub(super) fn no_connection(error: PoolError) -> PostgresError {
    let source: Box<dyn std::error::Error + Send + Sync> = match error {
        PoolError::Backend(error) => match error.as_db_error() {
            // The server has spoken: a wrong password (28P01), too many connections (53300), ...
            Some(error) => return of_database(error).into(),
            None => error.into(),
        },
        error => error.into(),
    };
    PostgresError::Connection {
        what: "no connection to Postgres",
        may_have_committed: false,
        source,
    }
}

fn of_database(error: &DbError) -> DatabaseError {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    DatabaseError::new(DatabaseErrorParts {
        code: error.code().code().to_owned(),
        message: error.message().to_owned(),
        detail: owned(error.detail()),
        hint: owned(error.hint()),
        schema: owned(error.schema()),
        table: owned(error.table()),
        column: owned(error.column()),
        constraint: owned(error.constraint()),
        routine: owned(error.routine()),
    })
}

/// Whether a prepared statement no longer fits the schema, or is gone from its connection. Nothing was
/// executed then.
pub(super) fn is_stale_statement(error: &tokio_postgres::Error) -> bool {
    error
        .as_db_error()
        .is_some_and(|error| match error.code().code() {
            "0A000" => error.routine() == Some("RevalidateCachedQuery"),
            code => code == "26000",
        })
}
