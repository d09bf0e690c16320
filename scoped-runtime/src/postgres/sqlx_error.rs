//! From the errors of `sqlx` to ours.

use sqlx::postgres::PgDatabaseError;

use crate::error::{DatabaseError, DatabaseErrorParts, Error, PostgresError};

/// For `?` in the closure of [`ScopedSqlx::transaction`](crate::ScopedSqlx::transaction).
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        failed(error).into()
    }
}

/// The error of a statement before the commit was sent.
pub(super) fn failed(error: sqlx::Error) -> PostgresError {
    match error {
        sqlx::Error::Database(error) => match error.try_downcast::<PgDatabaseError>() {
            Ok(error) => of_database(&error).into(),
            Err(error) => PostgresError::Driver {
                source: error.into_error(),
            },
        },
        sqlx::Error::RowNotFound => PostgresError::NoRow,
        error @ (sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed) => PostgresError::Connection {
            what: "no connection to Postgres, or it was lost",
            may_have_committed: false,
            source: error.into(),
        },
        error => PostgresError::Driver {
            source: error.into(),
        },
    }
}

/// The error of a commit: unless the server refused it, it may have happened.
pub(super) fn commit_failed(error: sqlx::Error) -> PostgresError {
    match failed(error) {
        PostgresError::Connection { what, source, .. } => PostgresError::Connection {
            what,
            may_have_committed: true,
            source,
        },
        error => error,
    }
}

fn of_database(error: &PgDatabaseError) -> DatabaseError {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    DatabaseError::new(DatabaseErrorParts {
        code: error.code().to_owned(),
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
