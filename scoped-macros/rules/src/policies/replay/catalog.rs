use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::name::{QualifiedName, WrittenName};
use super::super::statements::TokenRange;
use super::super::type_name::{identity, is_common};
use super::function::Function;
use super::table::Table;
use super::user_type::UserType;

/// A range of tokens of one source: the text of a statement or expression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceRange {
    pub(crate) source: usize,
    pub(crate) range: TokenRange,
}

/// The objects of the database after the statements so far. Each object has a number, and names lead to the
/// numbers, so that an expression keeps denoting an object after a rename.
#[derive(Clone, Default)]
pub(crate) struct Catalog {
    pub(crate) tables: Vec<Table>,
    /// Tables and views by name. After a rename that may not have run, two names lead to one table.
    pub(crate) table_names: HashMap<QualifiedName, usize>,
    pub(crate) functions: Vec<Function>,
    /// Functions by name, with all overloads.
    pub(crate) function_names: HashMap<QualifiedName, Vec<usize>>,
    /// All current and former names of functions, without schemas.
    pub(crate) function_words: HashSet<String>,
    pub(crate) types: HashMap<QualifiedName, UserType>,
    /// The roles that the files create.
    pub(crate) roles: BTreeSet<String>,
    /// The roles that statements run as without a token: they may log in, own objects, or are taken by SET ROLE.
    pub(crate) used_roles: BTreeSet<String>,
    /// Pairs of a role and its member.
    pub(crate) grants: Vec<(String, String)>,
    /// The search path; empty for the default, which is `public`.
    pub(crate) search_path: Vec<String>,
    /// Whether a file enables row level security for any table.
    pub(crate) rls: bool,
}

impl Catalog {
    /// The name of a new object, with the schema where it is created.
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

    /// The object that a name denotes: the first on the search path that exists.
    fn resolve<T>(&self, written: WrittenName, all: &HashMap<QualifiedName, T>) -> QualifiedName {
        if written.schema.is_none() {
            for schema in &self.search_path {
                let name = QualifiedName::new(schema, &written.name);
                if all.contains_key(&name) {
                    return name;
                }
            }
            // An object that the files do not create is assumed to be in `public`.
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

    /// The table with this name, if it is known.
    pub(crate) fn known_table(&self, written: &WrittenName) -> Option<usize> {
        self.table_names
            .get(&self.table_name(written.clone()))
            .copied()
    }

    /// The table with this name. A table that the files do not create is assumed to exist.
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

    /// Whether a function of the files, or one of the schema `auth`, has this name without a schema.
    pub(crate) fn calls_by_name(&self, name: &str) -> bool {
        matches!(name, "jwt" | "uid" | "role" | "email") || self.function_words.contains(name)
    }

    /// The name of a table, for messages and for entries that name tables.
    pub(crate) fn table_shown(&self, id: usize) -> String {
        self.tables[id].names[0].to_string()
    }

    pub(crate) fn function_shown(&self, id: usize) -> String {
        self.functions[id].name.to_string()
    }

    /// The name of a type as signatures have it: with the schema, unless every database has the type.
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
            // A table is a type too.
            if self.known_table(&name).is_some() {
                self.table_name(name)
            } else {
                self.kind_name(name)
            }
        };
        format!("{name}{array}")
    }
}
