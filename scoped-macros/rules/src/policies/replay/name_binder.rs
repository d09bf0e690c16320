//! Resolves the names in a syntax tree with the current state of the catalog, as PostgreSQL does when it
//! parses an expression. CASCADE follows these bindings.

use super::super::syntax::{
    Call, ChainLink, IsPredicate, Node, Query, Relation, Select, Statement,
};
use super::Catalog;
use super::name_bindings::NameBindings;

pub(super) struct NameBinder<'s> {
    catalog: &'s Catalog,
    bound: NameBindings,
    /// The tables of each enclosing query, with their aliases.
    scopes: Vec<Vec<(String, Option<usize>)>>,
}

impl<'s> NameBinder<'s> {
    pub(super) fn of(catalog: &'s Catalog, table: Option<usize>) -> Self {
        let own = table.map(|id| (catalog.tables[id].names[0].name.clone(), Some(id)));
        Self {
            catalog,
            bound: NameBindings::default(),
            scopes: vec![own.into_iter().collect()],
        }
    }

    pub(super) fn into_bound(self) -> NameBindings {
        self.bound
    }

    pub(super) fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Query(query) | Statement::Store(_, query) => self.query(query),
            Statement::Return(Some(node)) => self.node(node),
            Statement::Unparsed(nodes) => self.nodes(nodes),
            _ => {}
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    pub(super) fn node(&mut self, node: &Node) {
        match node {
            Node::Name(name, _) => self.column(name),
            Node::Call(call) => {
                self.call(call);
                for argument in &call.arguments {
                    self.node(&argument.value);
                }
                self.nodes(&call.extra);
            }
            Node::Chain(first, links) => {
                self.node(first);
                for link in links {
                    self.link(link);
                }
            }
            Node::Not(inner) | Node::Prefix(inner) => self.node(inner),
            Node::Case(case) => {
                for (when, then) in &case.branches {
                    self.node(when);
                    self.node(then);
                }
                for node in case.operand.iter().chain(&case.otherwise) {
                    self.node(node);
                }
            }
            Node::Array(nodes) | Node::Row(nodes) | Node::Unparsed(nodes) => self.nodes(nodes),
            Node::Query(query) | Node::ArrayQuery(query) | Node::Exists(query) => self.query(query),
            Node::Text(_)
            | Node::Number(_)
            | Node::Boolean(_)
            | Node::Null
            | Node::Parameter(..) => {}
        }
    }

    fn link(&mut self, link: &ChainLink) {
        match link {
            ChainLink::Operator(_, right)
            | ChainLink::Quantified(_, right)
            | ChainLink::IsPredicate(_, IsPredicate::Distinct(right)) => self.node(right),
            ChainLink::In(_, nodes) | ChainLink::Index(nodes) => self.nodes(nodes),
            ChainLink::Cast(kind) => {
                let kind = self.catalog.type_identity(kind.trim_end_matches("[]"));
                self.bound.types.insert(kind);
            }
            ChainLink::IsPredicate(..) | ChainLink::Field(_) => {}
        }
    }

    fn call(&mut self, call: &Call) {
        let meant = self
            .catalog
            .functions_meant(&call.name, &self.catalog.search_path);
        if meant.is_empty() {
            return;
        }
        let arguments = call.arguments.iter();
        let given = arguments.map(|argument| {
            (
                argument.name.as_deref(),
                self.catalog.kind_of(&argument.value),
            )
        });
        let meant = self.catalog.overloads(&meant, &given.collect::<Vec<_>>());
        let known = self.bound.functions.entry(call.name.clone()).or_default();
        known.extend(meant);
        known.sort_unstable();
        known.dedup();
    }

    pub(super) fn query(&mut self, query: &Query) {
        for (_, _, inner) in &query.common {
            self.query(inner);
        }
        for select in &query.selects {
            self.select(select);
        }
        self.nodes(&query.rest);
    }

    fn select(&mut self, select: &Select) {
        if let Some(inner) = &select.inner {
            return self.query(inner);
        }
        self.scopes.push(Vec::new());
        for from in &select.from {
            match &from.relation {
                Relation::Table(name) => {
                    let id = self.catalog.table_meant(name, &self.catalog.search_path);
                    if let Some(id) = id {
                        self.bound.tables.insert(name.clone(), id);
                    }
                    let alias = from.alias.clone().unwrap_or_else(|| name.name.clone());
                    self.scope().push((alias, id));
                }
                Relation::Function(node) => {
                    self.node(node);
                    self.scope()
                        .push((from.alias.clone().unwrap_or_default(), None));
                }
                Relation::Query(query) => {
                    self.query(query);
                    self.scope()
                        .push((from.alias.clone().unwrap_or_default(), None));
                }
            }
        }
        for item in &select.items {
            self.node(&item.value);
        }
        self.nodes(&select.conditions);
        if let Some(write) = &select.write {
            write.rows.iter().for_each(|query| self.query(query));
            write.set.iter().for_each(|(_, node)| self.node(node));
        }
        self.scopes.pop();
    }

    fn scope(&mut self) -> &mut Vec<(String, Option<usize>)> {
        if self.scopes.is_empty() {
            self.scopes.push(Vec::new());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// Resolves a column to the innermost table that has it, or to any table whose columns are not known.
    fn column(&mut self, name: &[String]) {
        let [.., column] = name else { return };
        if let [.., table, _] = name {
            let mut all = self.scopes.iter().rev().flatten();
            if let Some((_, Some(id))) = all.find(|(alias, _)| alias == table) {
                self.bound.columns.insert((*id, column.clone()));
            }
            return;
        }
        for scope in self.scopes.iter().rev() {
            let mut perhaps = Vec::new();
            for id in scope.iter().filter_map(|(_, id)| *id) {
                let columns = &self.catalog.tables[id].columns;
                if columns.iter().any(|(known, _)| known == column) {
                    self.bound.columns.insert((id, column.clone()));
                    return;
                }
                if columns.is_empty() {
                    perhaps.push((id, column.clone()));
                }
            }
            self.bound.perhaps.extend(perhaps);
        }
    }
}
