use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::name::{QualifiedName, WrittenName};
use super::super::statements::TokenRange;
use super::super::type_name::{identity, is_common};
use super::function::Function;
use super::table::Table;
use super::user_type::UserType;

/// Tokens of one source: where the text of something live is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceRange {
    pub(crate) source: usize,
    pub(crate) range: TokenRange,
}

/// The database as the history so far has made it. Objects are numbered, and names lead to the numbers: what
/// was parsed when a name meant an object keeps meaning that, whatever it is called later.
#[derive(Clone, Default)]
pub(crate) struct Catalog {
    pub(crate) tables: Vec<Table>,
    /// Views as well. After a rename that perhaps was not done, two names lead to one table.
    pub(crate) table_names: HashMap<QualifiedName, usize>,
    pub(crate) functions: Vec<Function>,
    /// By name, all overloads.
    pub(crate) function_names: HashMap<QualifiedName, Vec<usize>>,
    /// The names that any of them has or had, without schemas.
    pub(crate) function_words: HashSet<String>,
    pub(crate) types: HashMap<QualifiedName, UserType>,
    /// Roles that the files make.
    pub(crate) roles: BTreeSet<String>,
    /// Roles, each with one that was granted to it.
    pub(crate) grants: Vec<(String, String)>,
    /// Empty means as the server has it: `public`.
    pub(crate) search_path: Vec<String>,
    /// Some table has had row level security switched on.
    pub(crate) rls: bool,
}

impl Catalog {
    /// Where a new object goes.
    pub(crate) fn new_name(&self, written: WrittenName) -> QualifiedName {
        let schema = written.schema.unwrap_or_else(|| {
            let first = self.search_path.first();
            first.map_or_else(|| "public".to_owned(), Clone::clone)
        });
        QualifiedName {
            schema,
            name: written.name,
        }
    }

    /// Which object a written name means: the first on the search path that is there.
    fn resolve<T>(&self, written: WrittenName, all: &HashMap<QualifiedName, T>) -> QualifiedName {
        if written.schema.is_none() {
            for schema in &self.search_path {
                let name = QualifiedName::new(schema, &written.name);
                if all.contains_key(&name) {
                    return name;
                }
            }
            // A table that the files do not make was made by hand, and that is done in `public`.
            if self.search_path.iter().any(|schema| schema == "public") {
                return QualifiedName::new("public", &written.name);
            }
        }
        self.new_name(written)
    }

    pub(crate) fn table_name(&self, written: WrittenName) -> QualifiedName {
        self.resolve(written, &self.table_names)
    }

    pub(crate) fn function_name(&self, written: WrittenName) -> QualifiedName {
        self.resolve(written, &self.function_names)
    }

    pub(crate) fn kind_name(&self, written: WrittenName) -> QualifiedName {
        self.resolve(written, &self.types)
    }

    /// The table of this name, if it is known.
    pub(crate) fn known_table(&self, written: &WrittenName) -> Option<usize> {
        self.table_names
            .get(&self.table_name(written.clone()))
            .copied()
    }

    /// The table of this name; one that the files do not make was made by hand.
    pub(crate) fn table(&mut self, written: WrittenName) -> usize {
        let name = self.table_name(written);
        self.table_named(&name)
    }

    pub(crate) fn table_named(&mut self, name: &QualifiedName) -> usize {
        if let Some(known) = self.table_names.get(name) {
            return *known;
        }
        let id = self.tables.len();
        self.tables.push(Table::new(name.clone()));
        self.table_names.insert(name.clone(), id);
        id
    }

    /// Whether a function of the files, or one of `auth` without its schema, has this name.
    pub(crate) fn calls_by_name(&self, name: &str) -> bool {
        matches!(name, "jwt" | "uid" | "role" | "email") || self.function_words.contains(name)
    }

    /// The name of a table for people, and for what names tables.
    pub(crate) fn table_shown(&self, id: usize) -> String {
        self.tables[id].names[0].to_string()
    }

    pub(crate) fn function_shown(&self, id: usize) -> String {
        self.functions[id].name.to_string()
    }

    /// The name of a type as the signature of a function has it: with the schema, unless every database has
    /// the type.
    pub(crate) fn type_identity(&self, written: &str) -> String {
        let written = identity(written);
        let (base, array) = match written.strip_suffix("[]") {
            Some(base) => (base, "[]"),
            None => (&*written, ""),
        };
        if is_common(base) || base.is_empty() {
            return written;
        }
        let name = if let Some((schema, name)) = base.split_once('.') {
            QualifiedName::new(schema, name)
        } else {
            let name = WrittenName {
                schema: None,
                name: base.to_owned(),
            };
            // A table is a type as well.
            if self.known_table(&name).is_some() {
                self.table_name(name)
            } else {
                self.kind_name(name)
            }
        };
        format!("{name}{array}")
    }
}
