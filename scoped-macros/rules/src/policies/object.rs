use std::fmt;

use super::name::QualifiedName;

/// A place in the SQL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLocation {
    /// The index of the file in [`Project::files`](super::Project::files).
    pub file: usize,
    /// The line, from 1 on.
    pub line: usize,
    /// The offset in bytes from the beginning of the file.
    pub(crate) offset: usize,
}

/// A live object of the database that may read claims: one that the files create and do not drop.
#[derive(Clone, Debug)]
pub struct Object {
    /// The kind and the name.
    pub kind: ObjectKind,
    /// Where the statement that creates it begins.
    pub location: SourceLocation,
    /// Whether dynamic SQL creates it, so that parts of it may not be known.
    pub dynamic: bool,
    /// Whether it may not exist, or may have another definition, because a statement about it runs only under
    /// a condition.
    pub uncertain: bool,
    /// Whether PostgreSQL evaluates it for requests with a minted token.
    pub(crate) role_match: RoleMatch,
    /// Other names that its table may have, after a rename that runs only under a condition.
    pub(crate) also_on: Vec<QualifiedName>,
    /// Whether it is a policy `AS RESTRICTIVE`.
    pub(crate) restrictive: bool,
}

/// Whether the roles of a policy include the roles of minted tokens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum RoleMatch {
    /// No minted token can have the role, since it bypasses row level security.
    Never,
    /// A minted token can have the role, but only if the program asks for it.
    Possible,
    /// The policy is for all roles, or for `authenticated`.
    Always,
}

/// The kind and the name of an object.
#[derive(Clone, Debug)]
pub enum ObjectKind {
    /// A policy of row level security.
    Policy {
        /// The name of the policy.
        name: String,
        /// The table that it belongs to.
        table: QualifiedName,
    },
    /// A function or procedure.
    Function {
        /// Its name.
        name: QualifiedName,
    },
    /// A view or materialised view.
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
    /// The default of a column, or another expression in the definition of a table.
    Default {
        /// The table.
        table: QualifiedName,
        /// The column or constraint.
        column: String,
    },
}

impl ObjectKind {
    /// The table that the object belongs to; functions and views have none.
    pub fn table(&self) -> Option<&QualifiedName> {
        match self {
            Self::Policy { table, .. }
            | Self::Trigger { table, .. }
            | Self::Default { table, .. } => Some(table),
            Self::Function { .. } | Self::View { .. } => None,
        }
    }

    /// Whether a part of its name is only known at run time.
    pub(crate) fn is_unknown(&self) -> bool {
        match self {
            Self::Policy { name, table } | Self::Trigger { name, table } => {
                table.is_unknown() || name.contains(super::name::UNKNOWN)
            }
            Self::Function { name } | Self::View { name } => name.is_unknown(),
            Self::Default { table, .. } => table.is_unknown(),
        }
    }

    /// Whether the object is a policy.
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
