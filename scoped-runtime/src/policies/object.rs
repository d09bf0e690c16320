use std::fmt;
use std::path::{Path, PathBuf};

use scoped_rules::policies::{self as engine, Project};

/// A database object whose SQL can read claims, which exists at the end of the history of SQL files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    kind: ObjectKind,
    name: String,
    table: Option<String>,
    file: PathBuf,
    line: usize,
    description: String,
}

/// The kind of an [`Object`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A policy of Row Level Security.
    Policy,
    /// A function or a procedure.
    Function,
    /// A view or a materialised view.
    View,
    /// A trigger with a condition, or a rule.
    Trigger,
    /// The default of a column, or another expression in the definition of a table.
    Default,
}

impl Object {
    pub(super) fn of(project: &Project, object: &engine::Object) -> Self {
        let (kind, name) = match &object.kind {
            engine::ObjectKind::Policy { name, .. } => (ObjectKind::Policy, name.clone()),
            engine::ObjectKind::Function { name } => (ObjectKind::Function, name.to_string()),
            engine::ObjectKind::View { name } => (ObjectKind::View, name.to_string()),
            engine::ObjectKind::Trigger { name, .. } => (ObjectKind::Trigger, name.clone()),
            engine::ObjectKind::Default { column, .. } => (ObjectKind::Default, column.clone()),
        };
        Self {
            kind,
            name: engine::shown(&name),
            table: object
                .kind
                .table()
                .map(|table| engine::shown(&table.to_string())),
            file: project.file(&object.location).to_owned(),
            line: object.location.line,
            description: object.kind.to_string(),
        }
    }

    /// The kind of the object.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// The name of a policy, trigger or column, or the name of a function or view with its schema. A part that
    /// dynamic SQL computes at run time is shown as `?`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The table of the object with its schema, such as `public.documents`; `None` for functions and views.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The file of the statement that created the object.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The first line of that statement, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

/// Writes the kind, the name and the table, such as ``policy `own rows` on `public.documents` ``.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}
