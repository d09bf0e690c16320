//! The objects that the names in an expression denote. PostgreSQL resolves names when it parses the
//! expression, and a later rename does not change what they denote.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::name::{QualifiedName, WrittenName};
use super::super::source::Source;
use super::super::syntax::{Node, Parser, Query, TokenView};
use super::name_binder::NameBinder;
use super::{Catalog, Replay, SourceRange};

/// The objects that the names of an expression denote.
#[derive(Clone, Default, Debug)]
pub(crate) struct NameBindings {
    pub(super) functions: HashMap<WrittenName, Vec<usize>>,
    pub(super) tables: HashMap<WrittenName, usize>,
    /// Columns, with their tables.
    pub(super) columns: HashSet<(usize, String)>,
    /// Columns that may belong to these tables.
    pub(super) perhaps: HashSet<(usize, String)>,
    /// Types, in the spelling of signatures.
    pub(super) types: HashSet<String>,
}

/// A parsed expression of a live object.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) part: SourceRange,
    pub(crate) node: Rc<Node>,
    pub(crate) bound: Rc<NameBindings>,
}

impl Replay<'_> {
    /// Parses an expression that may name columns of `table`.
    pub(super) fn expression(&self, part: SourceRange, table: Option<usize>) -> Expression {
        let node = Parser::whole(&self.sources[part.source], part.range);
        let mut mentions = NameBinder::of(&self.catalog, table);
        mentions.node(&node);
        let bound = Rc::new(mentions.into_bound());
        let node = Rc::new(node);
        Expression { part, node, bound }
    }

    /// Resolves the names of a query.
    pub(super) fn query_bound(&self, part: SourceRange) -> NameBindings {
        let code = TokenView::new(&self.sources[part.source], part.range);
        let query: Query = Parser::new(&code).query();
        let mut mentions = NameBinder::of(&self.catalog, None);
        mentions.query(&query);
        mentions.into_bound()
    }

    /// Resolves the names of a function's body that is not a string.
    pub(super) fn body_bound(&self, part: SourceRange) -> NameBindings {
        let source: &Source<'_> = &self.sources[part.source];
        let code = TokenView::new(source, part.range);
        let mut mentions = NameBinder::of(&self.catalog, None);
        for statement in Parser::new(&code).statements() {
            mentions.statement(&statement);
        }
        mentions.into_bound()
    }

    /// The functions that a call may denote: those that the name denoted when the expression was parsed, if
    /// they still exist, otherwise those with that name at the end of the history.
    pub(crate) fn callees(
        &self,
        name: &WrittenName,
        bound: Option<&NameBindings>,
        path: &[String],
    ) -> Vec<usize> {
        if let Some(known) = bound.and_then(|bound| bound.functions.get(name)) {
            let live = |id: &&usize| !self.catalog.functions[**id].gone;
            let live: Vec<usize> = known.iter().filter(live).copied().collect();
            if !live.is_empty() {
                return self.catalog.with_instead(live);
            }
        }
        self.catalog
            .with_instead(self.catalog.functions_meant(name, path))
    }

    /// The table or view that a name in FROM denotes.
    pub(crate) fn relation(
        &self,
        name: &WrittenName,
        bound: Option<&NameBindings>,
        path: &[String],
    ) -> Option<usize> {
        if let Some(known) = bound.and_then(|bound| bound.tables.get(name))
            && !self.catalog.tables[*known].gone
        {
            return Some(*known);
        }
        self.catalog.table_meant(name, path)
    }
}

impl Catalog {
    /// The functions, and the versions that a conditional statement may have put in their place.
    fn with_instead(&self, mut ids: Vec<usize>) -> Vec<usize> {
        for at in 0..ids.len() {
            ids.extend_from_slice(&self.functions[ids[at]].instead);
        }
        ids
    }

    pub(super) fn functions_meant(&self, name: &WrittenName, path: &[String]) -> Vec<usize> {
        meant(name, path, &self.function_names)
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn table_meant(&self, name: &WrittenName, path: &[String]) -> Option<usize> {
        meant(name, path, &self.table_names).copied()
    }
}

/// The object that a name denotes: the first on the search path that exists.
fn meant<'s, T>(
    name: &WrittenName,
    path: &[String],
    all: &'s HashMap<QualifiedName, T>,
) -> Option<&'s T> {
    let of = |schema: &str| all.get(&QualifiedName::new(schema, &name.name));
    if let Some(schema) = &name.schema {
        return of(schema);
    }
    if path.is_empty() {
        return of("public");
    }
    path.iter().find_map(|schema| of(schema))
}
