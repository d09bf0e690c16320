use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::name::{QualifiedName, WrittenName};
use super::super::split::Range;

/// Tokens of one source: where the text of something live is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) source: usize,
    pub(crate) range: Range,
}

/// A live policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) at: Part,
    pub(crate) using: Option<Part>,
    pub(crate) check: Option<Part>,
    pub(crate) uncertain: bool,
}

/// A live function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) at: Part,
    /// The types of the input arguments, normalised.
    pub(crate) arguments: Vec<String>,
    /// Their names, where they have some.
    pub(crate) names: Vec<String>,
    pub(crate) returns: String,
    pub(crate) language: String,
    /// The token of the body's string.
    pub(crate) body: Option<Part>,
    pub(crate) search_path: Option<Vec<String>>,
    /// Names from before a rename: what was written then still means this function.
    pub(crate) former: Vec<QualifiedName>,
}

/// What a table has that may read claims. Views have triggers, so they are here as well.
#[derive(Clone, Default, Debug)]
pub(crate) struct Table {
    pub(crate) policies: BTreeMap<String, Policy>,
    pub(crate) triggers: BTreeMap<String, Part>,
    /// By column or constraint.
    pub(crate) defaults: BTreeMap<String, Part>,
    /// The query of a view.
    pub(crate) view: Option<Part>,
}

/// The database as the history so far has made it.
#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) tables: HashMap<QualifiedName, Table>,
    pub(crate) functions: HashMap<QualifiedName, Vec<Function>>,
    /// The types that domains narrow, as written.
    pub(crate) domains: HashMap<QualifiedName, String>,
    /// Roles that the files make.
    pub(crate) roles: BTreeSet<String>,
    /// Empty means as the server has it: `public`.
    pub(crate) search_path: Vec<String>,
}

impl State {
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
        self.resolve(written, &self.tables)
    }

    pub(crate) fn function_name(&self, written: WrittenName) -> QualifiedName {
        self.resolve(written, &self.functions)
    }

    /// The type behind the name of one: of a domain, what it narrows.
    pub(crate) fn base_type(&self, written: &str) -> Option<&str> {
        let mut found = None;
        // A domain over a domain ends somewhere, but a history may be damaged.
        for _ in 0..self.domains.len() {
            match self.domain(found.unwrap_or(written)) {
                Some(base) => found = Some(base),
                None => break,
            }
        }
        found
    }

    fn domain(&self, written: &str) -> Option<&str> {
        let (schema, name) = match written.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, written),
        };
        let mut named = self.domains.iter().filter(|(domain, _)| {
            domain.name == name && schema.is_none_or(|schema| schema == domain.schema)
        });
        let (first, second) = (named.next()?, named.next());
        // Of two with one name, nobody can tell.
        second.is_none().then_some(first.1)
    }

    pub(crate) fn table(&mut self, written: WrittenName) -> &mut Table {
        let name = self.table_name(written);
        self.tables.entry(name).or_default()
    }

    /// Takes the entries of every object out whose name `taken` likes, and puts them back renamed.
    pub(crate) fn rename(&mut self, rename: impl Fn(&QualifiedName) -> Option<QualifiedName>) {
        let tables: Vec<_> = self
            .tables
            .keys()
            .filter_map(|old| Some((old.clone(), rename(old)?)))
            .collect();
        for (old, new) in tables {
            if let Some(table) = self.tables.remove(&old) {
                self.tables.insert(new, table);
            }
        }
        let functions: Vec<_> = self
            .functions
            .keys()
            .filter_map(|old| Some((old.clone(), rename(old)?)))
            .collect();
        for (old, new) in functions {
            self.rename_function(&old, &new, None);
        }
    }

    /// Moves the overload that `arguments` tell, or all.
    pub(crate) fn rename_function(
        &mut self,
        old: &QualifiedName,
        new: &QualifiedName,
        arguments: Option<&[String]>,
    ) {
        let Some(overloads) = self.functions.remove(old) else {
            return;
        };
        let (mut moved, kept): (Vec<_>, Vec<_>) = overloads
            .into_iter()
            .partition(|function| arguments.is_none_or(|types| types == function.arguments));
        for function in &mut moved {
            function.former.push(old.clone());
        }
        if !kept.is_empty() {
            self.functions.insert(old.clone(), kept);
        }
        self.functions.entry(new.clone()).or_default().extend(moved);
    }
}
