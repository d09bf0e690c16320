use super::super::name::{QualifiedName, WrittenName};
use super::super::source::Source;
use super::super::statements::{commas, skip_if_exists};
use super::super::token::TokenKind;
use super::name_bindings::{Expression, NameBindings};
use super::policy::policy_head;
use super::{Replay, SourceRange};

/// A dropped object that other objects may depend on.
#[derive(Clone, PartialEq, Eq, Debug)]
enum DroppedObject {
    Table(usize),
    Function(usize),
    Column(usize, String),
    Type(String),
}

impl DroppedObject {
    /// Whether an expression with these bindings is dropped with the object: `Some(true)` if it certainly is,
    /// `Some(false)` if it may be.
    fn takes(&self, bound: &NameBindings) -> Option<bool> {
        let surely = match self {
            Self::Table(id) => bound.tables.values().any(|known| known == id),
            Self::Function(id) => bound.functions.values().any(|known| known.contains(id)),
            Self::Column(id, name) => bound.columns.contains(&(*id, name.clone())),
            Self::Type(name) => bound.types.contains(name),
        };
        let perhaps = match self {
            Self::Column(id, name) => bound.perhaps.contains(&(*id, name.clone())),
            // A call denotes only one of several overloads.
            Self::Function(id) => {
                let mut all = bound.functions.values();
                return surely.then(|| all.any(|known| known.as_slice() == [*id]));
            }
            _ => false,
        };
        (surely || perhaps).then_some(surely)
    }
}

impl Replay<'_> {
    pub(super) fn drop(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let (mut at, end) = part.range;
        at += 1;
        if source.is_any(at, &["materialized", "foreign"]) {
            at += 1;
        }
        let name = skip_if_exists(source, at + 1);
        let cascade = source.is(end - 1, "cascade");
        if source.is(at, "policy") {
            self.drop_policy(part, name);
        } else if source.is_any(at, &["trigger", "rule"]) {
            if let Some((name, table, _)) = policy_head(source, name) {
                let unsure = self.unsure;
                let id = self.catalog.table(table);
                if !unsure {
                    self.catalog.tables[id].triggers.remove(&name);
                }
            }
        } else if source.is_any(at, &["function", "procedure", "routine"]) {
            self.drop_functions(part, name, cascade);
        } else if source.is_any(at, &["table", "view"]) {
            for (name, _) in names(source, (name, end)) {
                if let Some(id) = self.catalog.known_table(&name) {
                    self.drop_all(vec![DroppedObject::Table(id)], cascade);
                }
            }
        } else if source.is_any(at, &["type", "domain"]) {
            for (name, _) in names(source, (name, end)) {
                let name = self.catalog.kind_name(name);
                self.drop_type(&name, cascade);
            }
        } else if source.is(at, "schema") {
            for (name, _) in names(source, (name, end)) {
                self.drop_schema(&name.name);
            }
        } else if source.is_any(at, &["role", "user"]) && !self.unsure {
            for (name, _) in names(source, (name, end)) {
                self.catalog.roles.remove(&name.name);
            }
        }
    }

    fn drop_functions(&mut self, part: SourceRange, at: usize, cascade: bool) {
        let source = &self.sources[part.source];
        let mut dropped = Vec::new();
        for (name, next) in names(source, (at, part.range.1)) {
            let types = (source.kind(next) == Some(TokenKind::Open)).then(|| {
                let close = source.closing((next, part.range.1));
                self.parameters(part.source, ((next + 1).min(close), close))
                    .types
            });
            let name = self.catalog.function_name(name);
            let known = self.catalog.function_names.get(&name).into_iter().flatten();
            let fits = |id: &&usize| {
                let arguments = &self.catalog.functions[**id].arguments;
                types.as_ref().is_none_or(|types| types == arguments)
            };
            dropped.extend(known.filter(fits).map(|id| DroppedObject::Function(*id)));
        }
        self.drop_all(dropped, cascade);
    }

    fn drop_type(&mut self, name: &QualifiedName, cascade: bool) {
        if self.unsure {
            return;
        }
        self.catalog.types.remove(name);
        if !cascade {
            return;
        }
        let mut dropped = vec![DroppedObject::Type(name.to_string())];
        // Columns of the type, and functions with parameters or results of it, depend on it.
        for (id, table) in self.catalog.tables.iter().enumerate() {
            for (column, kind) in &table.columns {
                if self.catalog.type_identity(kind.trim_end_matches("[]")) == name.to_string() {
                    dropped.push(DroppedObject::Column(id, column.clone()));
                }
            }
        }
        for (id, function) in self.catalog.functions.iter().enumerate() {
            let is_it = |kind: &String| kind.trim_end_matches("[]") == name.to_string();
            let returns = self.catalog.type_identity(&function.returns);
            if function.arguments.iter().any(is_it) || is_it(&returns) {
                dropped.push(DroppedObject::Function(id));
            }
        }
        self.drop_all(dropped, true);
    }

    pub(super) fn drop_column(&mut self, id: usize, name: &str, cascade: bool) {
        if self.unsure && !cascade {
            return;
        }
        if !self.unsure {
            self.catalog.tables[id].defaults.remove(name);
            self.catalog.tables[id]
                .columns
                .retain(|(known, _)| known != name);
        }
        if cascade {
            // Expressions that were parsed before a rename know the column by its old name.
            let mut names = vec![name.to_owned()];
            for (table, old, new) in self.renamed.iter().rev() {
                if *table == id && names.contains(new) {
                    names.push(old.clone());
                }
            }
            let dropped = names
                .into_iter()
                .map(|name| DroppedObject::Column(id, name));
            self.drop_all(dropped.collect(), true);
        }
    }

    fn drop_schema(&mut self, schema: &str) {
        let mut dropped = Vec::new();
        for (name, id) in &self.catalog.table_names {
            if name.schema == schema {
                dropped.push(DroppedObject::Table(*id));
            }
        }
        for (name, ids) in &self.catalog.function_names {
            if name.schema == schema {
                dropped.extend(ids.iter().map(|id| DroppedObject::Function(*id)));
            }
        }
        let kinds: Vec<QualifiedName> = self.catalog.types.keys().cloned().collect();
        for name in kinds.iter().filter(|name| name.schema == schema) {
            self.drop_type(name, true);
        }
        self.drop_all(dropped, true);
    }

    /// Drops the objects; with CASCADE also the objects that depend on them, directly or indirectly.
    fn drop_all(&mut self, mut dropped: Vec<DroppedObject>, cascade: bool) {
        let mut next = 0;
        while let Some(object) = dropped.get(next).cloned() {
            next += 1;
            match &object {
                DroppedObject::Table(id) => {
                    // Partitions are dropped with their table, other children of it only with CASCADE.
                    for (child, table) in self.catalog.tables.iter().enumerate() {
                        let heir = table.parents.contains(id) && (table.partition || cascade);
                        if heir && !table.gone && !dropped.contains(&DroppedObject::Table(child)) {
                            dropped.push(DroppedObject::Table(child));
                        }
                    }
                    self.drop_table(*id);
                }
                DroppedObject::Function(id) => self.drop_function(*id),
                DroppedObject::Column(..) | DroppedObject::Type(_) => {}
            }
            if cascade {
                for other in self.cascade(&object) {
                    if !dropped.contains(&other) {
                        dropped.push(other);
                    }
                }
            }
        }
    }

    fn drop_table(&mut self, id: usize) {
        if self.unsure || self.catalog.tables[id].names.len() > 1 {
            for policy in &mut self.catalog.tables[id].policies {
                policy.uncertain = true;
            }
            return;
        }
        self.catalog.table_names.retain(|_, known| *known != id);
        let table = &mut self.catalog.tables[id];
        table.gone = true;
        table.policies.clear();
        table.triggers.clear();
        table.defaults.clear();
        table.view = None;
    }

    fn drop_function(&mut self, id: usize) {
        if self.unsure {
            self.catalog.functions[id].uncertain = true;
            return;
        }
        self.catalog.functions[id].gone = true;
        self.catalog.function_names.retain(|_, ids| {
            ids.retain(|known| *known != id);
            !ids.is_empty()
        });
    }

    /// Drops the objects that depend on this one. Returns those on which further objects may depend.
    fn cascade(&mut self, object: &DroppedObject) -> Vec<DroppedObject> {
        let mut more = Vec::new();
        let unsure = self.unsure;
        let gone = |expression: &Expression| object.takes(&expression.bound);
        for (id, table) in self.catalog.tables.iter_mut().enumerate() {
            table
                .policies
                .retain_mut(|policy| policy.survives(unsure, &gone));
            if unsure {
                continue;
            }
            table
                .triggers
                .retain(|_, trigger| gone(trigger) != Some(true));
            table
                .defaults
                .retain(|_, default| gone(default) != Some(true));
            if table
                .view
                .as_ref()
                .is_some_and(|view| object.takes(&view.bound) == Some(true))
            {
                more.push(DroppedObject::Table(id));
            }
        }
        for (id, function) in self.catalog.functions.iter().enumerate() {
            // PostgreSQL records no dependencies of a body that is a string.
            let bound = function.bound.as_ref().filter(|_| !function.gone);
            if bound.is_some_and(|bound| object.takes(bound) == Some(true)) {
                more.push(DroppedObject::Function(id));
            }
        }
        more
    }
}

/// The names in the list of a DROP, each with the index of the token after it.
fn names(source: &Source<'_>, range: (usize, usize)) -> Vec<(WrittenName, usize)> {
    commas(source, range)
        .into_iter()
        .filter_map(|(at, _)| source.qualified(at))
        .collect()
}
