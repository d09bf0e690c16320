use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::{DatabaseError, shown};

/// A statement over direct Postgres failed (feature `postgres`). The texts contain neither a row nor a
/// parameter, except where PostgreSQL's own message quotes a value; [`Error::public`](crate::Error::public)
/// gives none of them away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// PostgreSQL refused the statement. The transaction is rolled back.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The call did not end within its time. The server was told to cancel the statement.
    #[error(
        "no result within {after:?}: the time passed while {phase}{}; {}",
        uncertain(*.may_have_committed),
        phase.remedy()
    )]
    #[non_exhaustive]
    Timeout {
        /// The time limit.
        after: Duration,
        /// The part of the call during which the time passed.
        phase: PostgresPhase,
        /// Whether the statement may have been committed although its result is unknown.
        may_have_committed: bool,
    },
    /// A connection could not be made, or was lost.
    #[error("{what}{}; check the address of the database and the network", uncertain(*.may_have_committed))]
    #[non_exhaustive]
    Connection {
        /// What failed: `no connection to Postgres`, `the connection to Postgres was lost`.
        what: &'static str,
        /// Whether the statement may have been committed although its result is unknown.
        may_have_committed: bool,
        /// The error of the driver, without the connection string.
        source: Box<dyn Error + Send + Sync>,
    },
    /// One row was asked for, and there is none.
    #[error("no row was found where one was asked for; use `query_opt` if it may be absent")]
    NoRow,
    /// One row was asked for, and there are more. Outside of a transaction, what the statement wrote stays.
    #[error(
        "more than one row was found where one was asked for; narrow the condition, or use `query`"
    )]
    MoreThanOneRow,
    /// The statement has another number of parameters than it was given. Nothing was executed.
    #[error(
        "the statement has {expected} parameters, and {found} were given; pass one for each `$n`"
    )]
    #[non_exhaustive]
    ParameterCount {
        /// How many parameters the statement has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A parameter cannot be sent as the type that the statement expects. Nothing was executed.
    #[error(
        "parameter ${number} cannot be sent as `{expected}`; pass a Rust type that `ToSql` maps to it, or cast in the SQL"
    )]
    #[non_exhaustive]
    Parameter {
        /// The number of the parameter, from 1.
        number: usize,
        /// The type that PostgreSQL expects.
        expected: String,
    },
    /// A row does not deserialise to the requested type.
    #[error(
        "row {row} does not fit the requested type{}: {cause}; compare the type with the selected columns",
        column_of(.column.as_deref())
    )]
    #[non_exhaustive]
    Decode {
        /// The row, counted from 1.
        row: usize,
        /// The column, if the cause is one column.
        column: Option<String>,
        /// What does not fit, without the value.
        cause: String,
    },
    /// A statement of the transaction had failed, so nothing was committed. The work returned `Ok` nevertheless.
    #[error(
        "a statement in the transaction failed, so it was rolled back; return the statement's error from the closure"
    )]
    RolledBack,
    /// The transaction has ended, or one of its statements was dropped before its result arrived.
    #[error(
        "the transaction cannot go on: a statement in it was dropped before its result arrived; start the transaction again"
    )]
    Abandoned,
    /// The pool works behind a transaction pooler, where the statement would need a name. Nothing was sent.
    #[error(
        "behind a transaction pooler a statement with parameters cannot be prepared: its name would exist on one server connection only; pass the types with `query_typed`"
    )]
    NeedsTypes,
}

fn uncertain(may_have_committed: bool) -> &'static str {
    if may_have_committed {
        ", and the statement may have been committed"
    } else {
        ""
    }
}

fn column_of(column: Option<&str>) -> String {
    column.map_or_else(String::new, |name| format!(" at column `{}`", shown(name)))
}

/// The part of a call during which its time passed; see [`PostgresError::Timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PostgresPhase {
    /// Waiting for claims that an audit sink records.
    Claims,
    /// Waiting for a connection from the pool, or making one.
    Connection,
    /// Executing statements.
    Statement,
}

impl PostgresPhase {
    fn remedy(self) -> &'static str {
        match self {
            Self::Claims => "is the audit sink slow? see `signer_timeout`",
            Self::Connection => {
                "is the database up? raise `max_size` if all connections are in use"
            }
            Self::Statement => "make the statement faster, or raise its `timeout`",
        }
    }
}

impl fmt::Display for PostgresPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claims => "waiting for claims",
            Self::Connection => "waiting for a connection",
            Self::Statement => "executing the statement",
        })
    }
}

impl PostgresError {
    /// The error of PostgreSQL itself, if it refused the statement.
    #[must_use]
    pub fn database(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }

    /// PostgreSQL's `SQLSTATE`, if it refused the statement; see
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        Some(self.database()?.code())
    }

    /// A hint on what to do: PostgreSQL's, or one of this library for common mistakes.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.database()?.hint()
    }

    /// The name of the constraint that the statement violates (SQLSTATE class 23), if it is known.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        let error = self
            .database()
            .filter(|error| error.code().starts_with("23"))?;
        error.constraint()
    }

    /// Whether a Row Level Security policy refused a row that was to be written.
    #[must_use]
    pub fn is_rls_denied(&self) -> bool {
        self.database().is_some_and(DatabaseError::is_rls_denied)
    }

    /// Whether the role lacks a `GRANT`, which is checked before the policies are.
    #[must_use]
    pub fn is_grant_missing(&self) -> bool {
        self.code() == Some("42501") && !self.is_rls_denied()
    }

    /// Whether the statement was cancelled: by its time limit, by a statement timeout of the server, or by an
    /// administrator.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Self::Timeout {
                phase: PostgresPhase::Statement,
                ..
            }
        ) || self.code() == Some("57014")
    }

    /// Whether the same call may succeed later without any change: after a lost connection or a timeout, when
    /// the transactions of two sessions collided (40001, 40P01), or when the server is full or shutting down.
    /// Look at [`may_have_committed`](Self::may_have_committed) before a write is repeated.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Connection { .. } => true,
            Self::Database(error) => matches!(
                error.code(),
                "40001" | "40P01" | "55P03" | "57014" | "57P01" | "57P02" | "57P03" | "53300"
            ),
            _ => false,
        }
    }

    /// Whether the write of the call may have been committed although the call failed: the connection was lost,
    /// or the server did not answer in time, after the commit was sent. For every other error nothing was
    /// committed, except by [`NoRow`](Self::NoRow), [`MoreThanOneRow`](Self::MoreThanOneRow) and
    /// [`Decode`](Self::Decode) outside of a transaction, whose statement had succeeded.
    #[must_use]
    pub fn may_have_committed(&self) -> bool {
        match self {
            Self::Timeout {
                may_have_committed, ..
            }
            | Self::Connection {
                may_have_committed, ..
            } => *may_have_committed,
            _ => false,
        }
    }
}
