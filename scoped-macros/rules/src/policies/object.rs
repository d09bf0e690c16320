use std::fmt;

use super::name::QualifiedName;

/// Where something is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLocation {
    /// The index of the file in [`Project::files`](super::Project::files).
    pub file: usize,
    /// From 1 on.
    pub line: usize,
    /// In bytes from the beginning of the file.
    pub offset: usize,
}

/// A live object of the database that may read claims.
#[derive(Clone, Debug)]
pub struct Object {
    /// Which object it is.
    pub kind: ObjectKind,
    /// Where its statement begins.
    pub location: SourceLocation,
    /// Made by dynamic SQL, so that the statement is perhaps not all of the truth.
    pub dynamic: bool,
    /// Perhaps it is not there, or perhaps it says something else.
    pub uncertain: bool,
    /// Whether it is asked when a token of ours is used.
    pub role_match: RoleMatch,
    /// Names that its table may have as well.
    pub also_on: Vec<QualifiedName>,
    /// `AS RESTRICTIVE`.
    pub restrictive: bool,
}

/// Whether the roles of a policy are those of tokens that the library makes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RoleMatch {
    /// No token of ours may have the role.
    Never,
    /// A token may have the role, but mostly has another.
    Possible,
    /// It is for all roles, or for `authenticated`.
    Always,
}

/// What kind of object, and which.
#[derive(Clone, Debug)]
pub enum ObjectKind {
    /// A row level security policy.
    Policy {
        /// Its own name.
        name: String,
        /// The table it guards.
        table: QualifiedName,
    },
    /// A function or procedure.
    Function {
        /// Its name.
        name: QualifiedName,
    },
    /// A view, materialised or not.
    View {
        /// Its name.
        name: QualifiedName,
    },
    /// A trigger with a condition, or a rule.
    Trigger {
        /// Its name.
        name: String,
        /// Its table.
        table: QualifiedName,
    },
    /// A column's default, or another expression of a table's definition.
    Default {
        /// The table.
        table: QualifiedName,
        /// The column, or the constraint.
        column: String,
    },
}

impl ObjectKind {
    /// The table it belongs to, if it belongs to one.
    pub fn table(&self) -> Option<&QualifiedName> {
        match self {
            Self::Policy { table, .. }
            | Self::Trigger { table, .. }
            | Self::Default { table, .. } => Some(table),
            Self::Function { .. } | Self::View { .. } => None,
        }
    }

    /// Whether its name is only known at run time.
    pub(crate) fn is_unknown(&self) -> bool {
        match self {
            Self::Policy { name, table } | Self::Trigger { name, table } => {
                table.is_unknown() || name.contains(super::name::UNKNOWN)
            }
            Self::Function { name } | Self::View { name } => name.is_unknown(),
            Self::Default { table, .. } => table.is_unknown(),
        }
    }

    /// Whether it is a policy.
    pub fn is_policy(&self) -> bool {
        matches!(self, Self::Policy { .. })
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self {
            Self::Policy { name, table } => format!("policy `{name}` on `{table}`"),
            Self::Function { name } => format!("function `{name}`"),
            Self::View { name } => format!("view `{name}`"),
            Self::Trigger { name, table } => format!("trigger `{name}` on `{table}`"),
            Self::Default { table, column } => format!("default of `{table}.{column}`"),
        };
        f.write_str(&super::name::shown(&shown))
    }
}
