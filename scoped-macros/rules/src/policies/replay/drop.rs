use super::super::name::{QualifiedName, WrittenName};
use super::super::source::Source;
use super::super::split::commas;
use super::super::token::Kind;
use super::bound::{Bound, Expression};
use super::create::skip_if_exists;
use super::policy::policy_head;
use super::{Part, Replay};

/// Something that others may depend on.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Dropped {
    Table(usize),
    Function(usize),
    Column(usize, String),
    Type(String),
}

impl Dropped {
    /// Whether what was parsed with these meanings goes with it: surely, or perhaps.
    fn takes(&self, bound: &Bound) -> Option<bool> {
        let surely = match self {
            Self::Table(id) => bound.tables.values().any(|known| known == id),
            Self::Function(id) => bound.functions.values().any(|known| known.contains(id)),
            Self::Column(id, name) => bound.columns.contains(&(*id, name.clone())),
            Self::Type(name) => bound.types.contains(name),
        };
        let perhaps = match self {
            Self::Column(id, name) => bound.perhaps.contains(&(*id, name.clone())),
            // Of several overloads only one is called.
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
    pub(super) fn drop(&mut self, part: Part) {
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
                let id = self.state.table(table);
                if !unsure {
                    self.state.tables[id].triggers.remove(&name);
                }
            }
        } else if source.is_any(at, &["function", "procedure", "routine"]) {
            self.drop_functions(part, name, cascade);
        } else if source.is_any(at, &["table", "view"]) {
            for (name, _) in names(source, (name, end)) {
                if let Some(id) = self.state.known_table(&name) {
                    self.drop_all(vec![Dropped::Table(id)], cascade);
                }
            }
        } else if source.is_any(at, &["type", "domain"]) {
            for (name, _) in names(source, (name, end)) {
                let name = self.state.kind_name(name);
                self.drop_type(&name, cascade);
            }
        } else if source.is(at, "schema") {
            for (name, _) in names(source, (name, end)) {
                self.drop_schema(&name.name);
            }
        } else if source.is_any(at, &["role", "user"]) && !self.unsure {
            for (name, _) in names(source, (name, end)) {
                self.state.roles.remove(&name.name);
            }
        }
    }

    fn drop_functions(&mut self, part: Part, at: usize, cascade: bool) {
        let source = &self.sources[part.source];
        let mut dropped = Vec::new();
        for (name, next) in names(source, (at, part.range.1)) {
            let types = (source.kind(next) == Some(Kind::Open)).then(|| {
                let close = source.closing((next, part.range.1));
                self.parameters(part.source, ((next + 1).min(close), close))
                    .types
            });
            let name = self.state.function_name(name);
            let known = self.state.function_names.get(&name).into_iter().flatten();
            let fits = |id: &&usize| {
                let arguments = &self.state.functions[**id].arguments;
                types.as_ref().is_none_or(|types| types == arguments)
            };
            dropped.extend(known.filter(fits).map(|id| Dropped::Function(*id)));
        }
        self.drop_all(dropped, cascade);
    }

    fn drop_type(&mut self, name: &QualifiedName, cascade: bool) {
        if self.unsure {
            return;
        }
        self.state.kinds.remove(name);
        if !cascade {
            return;
        }
        let mut dropped = vec![Dropped::Type(name.to_string())];
        // Columns of the type, and functions that take or return it.
        for (id, table) in self.state.tables.iter().enumerate() {
            for (column, kind) in &table.columns {
                if self.state.type_identity(kind.trim_end_matches("[]")) == name.to_string() {
                    dropped.push(Dropped::Column(id, column.clone()));
                }
            }
        }
        for (id, function) in self.state.functions.iter().enumerate() {
            let is_it = |kind: &String| kind.trim_end_matches("[]") == name.to_string();
            let returns = self.state.type_identity(&function.returns);
            if function.arguments.iter().any(is_it) || is_it(&returns) {
                dropped.push(Dropped::Function(id));
            }
        }
        self.drop_all(dropped, true);
    }

    pub(super) fn drop_column(&mut self, id: usize, name: &str, cascade: bool) {
        if self.unsure && !cascade {
            return;
        }
        if !self.unsure {
            self.state.tables[id].defaults.remove(name);
            self.state.tables[id]
                .columns
                .retain(|(known, _)| known != name);
        }
        if cascade {
            // What was parsed before a rename knows the column by its old name.
            let mut names = vec![name.to_owned()];
            for (table, old, new) in self.renamed.iter().rev() {
                if *table == id && names.contains(new) {
                    names.push(old.clone());
                }
            }
            let dropped = names.into_iter().map(|name| Dropped::Column(id, name));
            self.drop_all(dropped.collect(), true);
        }
    }

    fn drop_schema(&mut self, schema: &str) {
        let mut dropped = Vec::new();
        for (name, id) in &self.state.table_names {
            if name.schema == schema {
                dropped.push(Dropped::Table(*id));
            }
        }
        for (name, ids) in &self.state.function_names {
            if name.schema == schema {
                dropped.extend(ids.iter().map(|id| Dropped::Function(*id)));
            }
        }
        let kinds: Vec<QualifiedName> = self.state.kinds.keys().cloned().collect();
        for name in kinds.iter().filter(|name| name.schema == schema) {
            self.drop_type(name, true);
        }
        self.drop_all(dropped, true);
    }

    /// Drops the objects; with CASCADE also what depends on them, and what depends on that.
    fn drop_all(&mut self, mut dropped: Vec<Dropped>, cascade: bool) {
        let mut next = 0;
        while let Some(object) = dropped.get(next).cloned() {
            next += 1;
            match &object {
                Dropped::Table(id) => {
                    // Partitions go with their table, other heirs with CASCADE.
                    for (child, table) in self.state.tables.iter().enumerate() {
                        let heir = table.parents.contains(id) && (table.partition || cascade);
                        if heir && !table.gone && !dropped.contains(&Dropped::Table(child)) {
                            dropped.push(Dropped::Table(child));
                        }
                    }
                    self.drop_table(*id);
                }
                Dropped::Function(id) => self.drop_function(*id),
                Dropped::Column(..) | Dropped::Type(_) => {}
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
        if self.unsure || self.state.tables[id].names.len() > 1 {
            for policy in &mut self.state.tables[id].policies {
                policy.uncertain = true;
            }
            return;
        }
        self.state.table_names.retain(|_, known| *known != id);
        let table = &mut self.state.tables[id];
        table.gone = true;
        table.policies.clear();
        table.triggers.clear();
        table.defaults.clear();
        table.view = None;
    }

    fn drop_function(&mut self, id: usize) {
        if self.unsure {
            self.state.functions[id].uncertain = true;
            return;
        }
        self.state.functions[id].gone = true;
        self.state.function_names.retain(|_, ids| {
            ids.retain(|known| *known != id);
            !ids.is_empty()
        });
    }

    /// Drops what depends on the object; gives those on which something else may depend.
    fn cascade(&mut self, object: &Dropped) -> Vec<Dropped> {
        let mut more = Vec::new();
        let unsure = self.unsure;
        let gone = |expression: &Expression| object.takes(&expression.bound);
        for (id, table) in self.state.tables.iter_mut().enumerate() {
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
                more.push(Dropped::Table(id));
            }
        }
        for (id, function) in self.state.functions.iter().enumerate() {
            // A body in a string depends on nothing, until it runs.
            let bound = function.bound.as_ref().filter(|_| !function.gone);
            if bound.is_some_and(|bound| object.takes(bound) == Some(true)) {
                more.push(Dropped::Function(id));
            }
        }
        more
    }
}

/// The names of a DROP's list, each with the token behind.
fn names(source: &Source<'_>, range: (usize, usize)) -> Vec<(WrittenName, usize)> {
    commas(source, range)
        .into_iter()
        .filter_map(|(at, _)| source.qualified(at))
        .collect()
}
