//! What the names in an expression mean when it is parsed, and go on meaning.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::name::WrittenName;
use super::super::source::Source;
use super::super::syntax::{Node, Parser, Query, TokenView};
use super::name_binder::NameBinder;
use super::{Catalog, Replay, SourceRange};

/// The objects that names meant.
#[derive(Clone, Default, Debug)]
pub(crate) struct NameBindings {
    pub(super) functions: HashMap<WrittenName, Vec<usize>>,
    pub(super) tables: HashMap<WrittenName, usize>,
    /// Columns of tables.
    pub(super) columns: HashSet<(usize, String)>,
    /// Columns that are perhaps of these tables.
    pub(super) perhaps: HashSet<(usize, String)>,
    /// Types, as signatures have them.
    pub(super) types: HashSet<String>,
}

/// A parsed expression of something live.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) part: SourceRange,
    pub(crate) node: Rc<Node>,
    pub(crate) bound: Rc<NameBindings>,
}

impl Replay<'_> {
    /// Parses an expression; `table` is whose columns it may name.
    pub(super) fn expression(&self, part: SourceRange, table: Option<usize>) -> Expression {
        let node = Parser::whole(&self.sources[part.source], part.range);
        let mut mentions = NameBinder::of(&self.catalog, table);
        mentions.node(&node);
        let bound = Rc::new(mentions.into_bound());
        let node = Rc::new(node);
        Expression { part, node, bound }
    }

    /// Parses a query.
    pub(super) fn query_bound(&self, part: SourceRange) -> NameBindings {
        let code = TokenView::new(&self.sources[part.source], part.range);
        let query: Query = Parser::new(&code).query();
        let mut mentions = NameBinder::of(&self.catalog, None);
        mentions.query(&query);
        mentions.into_bound()
    }

    /// The same of a function's body that is no string.
    pub(super) fn body_bound(&self, part: SourceRange) -> NameBindings {
        let source: &Source<'_> = &self.sources[part.source];
        let code = TokenView::new(source, part.range);
        let mut mentions = NameBinder::of(&self.catalog, None);
        for statement in Parser::new(&code).statements() {
            mentions.statement(&statement);
        }
        mentions.into_bound()
    }

    /// The functions that a call may mean: those from when it was parsed, while they live, else those that
    /// have the name in the end.
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

    /// The table or view that FROM lists by this name.
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
    /// The functions, and what they perhaps are instead.
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

/// What a name means: the first on the path that is there.
fn meant<'s, T>(
    name: &WrittenName,
    path: &[String],
    all: &'s HashMap<super::super::name::QualifiedName, T>,
) -> Option<&'s T> {
    let of = |schema: &str| all.get(&super::super::name::QualifiedName::new(schema, &name.name));
    if let Some(schema) = &name.schema {
        return of(schema);
    }
    if path.is_empty() {
        return of("public");
    }
    path.iter().find_map(|schema| of(schema))
}
