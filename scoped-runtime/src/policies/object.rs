use std::fmt;
use std::path::{Path, PathBuf};

use scoped_rules::policies::{self as engine, Project};

/// A live object of the database whose SQL reads claims: what the history made and never dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    kind: ObjectKind,
    name: String,
    table: Option<String>,
    file: PathBuf,
    line: usize,
    shown: String,
}

/// What kind of object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A policy of row level security.
    Policy,
    /// A function or a procedure.
    Function,
    /// A view, materialised or not.
    View,
    /// A trigger with a condition, or a rule.
    Trigger,
    /// A column's default, or another expression of a table's definition.
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
            shown: object.kind.to_string(),
        }
    }

    /// What kind of object it is.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// Its name: of a policy, trigger or column as it is, else with the schema. A part that only a run
    /// of dynamic SQL knows is `?`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its table with the schema, such as `public.documents`; functions and views have none.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The file of the statement that made it.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line where that statement begins, from 1 on.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

/// Such as ``policy `own rows` on `public.documents` ``.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
