use std::error::Error;
use std::fmt;

use super::response::{Escaped, write_hint};

/// An error that PostgreSQL returned. Its text has the code, the message and the hint; the detail, which may
/// quote a row, is only in [`detail`](Self::detail).
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseError(pub(crate) Box<DatabaseErrorParts>);

/// The fields of PostgreSQL's error message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DatabaseErrorParts {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) schema: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
    pub(crate) constraint: Option<String>,
    /// The function of the server that raised the error, which no language setting translates.
    pub(crate) routine: Option<String>,
}

impl DatabaseError {
    /// Adds a hint of this library if the server gave none.
    pub(crate) fn new(mut parts: DatabaseErrorParts) -> Self {
        if parts.hint.is_none() {
            parts.hint = own_hint(&parts).map(str::to_owned);
        }
        Self(Box::new(parts))
    }

    /// The `SQLSTATE`, such as `42501`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The message. PostgreSQL may quote a value in it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Further details, which may quote a row: do not log them where rows are private.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// A hint on what to do: PostgreSQL's, or one of this library for common mistakes.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The schema of the table or constraint that the error is about.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        self.0.schema.as_deref()
    }

    /// The table that the error is about.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column that the error is about.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The constraint that the error is about.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    pub(super) fn is_rls_denied(&self) -> bool {
        self.code() == "42501"
            && (self.0.routine.as_deref() == Some("ExecWithCheckOptions")
                || self.message().contains("row-level security"))
    }
}

const GRANT_HINT: &str = "grants are checked before policies: grant the role what the statement needs, such as \
                          `grant select on public.notes to authenticated`";
const MEMBER_HINT: &str =
    "the login role of the pool may not take this role: grant it, as `docs::postgres` shows";

fn own_hint(parts: &DatabaseErrorParts) -> Option<&'static str> {
    let is_of = |routine| parts.routine.as_deref() == Some(routine);
    match parts.code.as_str() {
        "42501" if parts.message.contains("to set role") => Some(MEMBER_HINT),
        "42501"
            if is_of("aclcheck_error") || parts.message.starts_with("permission denied for") =>
        {
            Some(GRANT_HINT)
        }
        "22023" if parts.message.starts_with("role ") => Some(
            "the database has no such role: create it, and grant it to the login role of the pool",
        ),
        _ => None,
    }
}

/// Shows the detail as present or absent only.
impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseError")
            .field("code", &self.code())
            .field("message", &self.message())
            .field("hint", &self.hint())
            .field("constraint", &self.constraint())
            .field("has_detail", &self.detail().is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, message) = (Escaped(self.code()), Escaped(self.message()));
        write!(f, "PostgreSQL refused the statement ({code}): {message}")?;
        write_hint(f, self.hint())
    }
}

impl Error for DatabaseError {}
