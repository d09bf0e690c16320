use super::super::name::{QualifiedName, WrittenName};
use super::super::source::Source;
use super::super::token::Kind;
use super::create::{closing, policy_head, skip_if_exists};
use super::function::{arguments, commas};
use super::mention::Mention;
use super::{Part, Replay};

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
                self.state.table(table).triggers.remove(&name);
            }
        } else if source.is_any(at, &["function", "procedure", "routine"]) {
            self.drop_functions(part, name, cascade);
        } else if source.is_any(at, &["table", "view"]) {
            for (name, _) in names(source, (name, end)) {
                let name = self.state.table_name(name);
                self.drop_table(&name, cascade);
            }
        } else if source.is(at, "type") && cascade {
            for (name, _) in names(source, (name, end)) {
                let name = self.state.new_name(name);
                self.cascade(&name, Mention::Any);
            }
        } else if source.is(at, "schema") {
            for (name, _) in names(source, (name, end)) {
                self.drop_schema(&name.name);
            }
        } else if source.is_any(at, &["role", "user"]) {
            for (name, _) in names(source, (name, end)) {
                self.state.roles.remove(&name.name);
            }
        }
    }

    fn drop_policy(&mut self, part: Part, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, table, _)) = policy_head(source, at) else {
            return;
        };
        let unknown = super::super::name::UNKNOWN;
        let table = self.state.table_name(table);
        if !table.is_unknown() && !name.contains(unknown) {
            if let Some(table) = self.state.tables.get_mut(&table) {
                table.policies.remove(&name);
            }
            return;
        }
        // `DROP POLICY %I ON ..`, mostly in a loop over pg_policies: nobody can tell which.
        for (found, entry) in &mut self.state.tables {
            let schema = table.schema.contains(unknown) || found.schema == table.schema;
            let same = table.name.contains(unknown) || found.name == table.name;
            for (policy, entry) in &mut entry.policies {
                entry.uncertain |= schema && same && (name.contains(unknown) || *policy == name);
            }
        }
    }

    fn drop_functions(&mut self, part: Part, at: usize, cascade: bool) {
        let source = &self.sources[part.source];
        let mut dropped = Vec::new();
        for (name, next) in names(source, (at, part.range.1)) {
            let types = (source.kind(next) == Some(Kind::Open)).then(|| {
                let close = closing(source, (next, part.range.1));
                arguments(source, ((next + 1).min(close), close)).0
            });
            dropped.push((self.state.function_name(name), types));
        }
        for (name, types) in dropped {
            let Some(overloads) = self.state.functions.get_mut(&name) else {
                continue;
            };
            match types {
                Some(types) => overloads.retain(|function| function.arguments != types),
                None => overloads.clear(),
            }
            if overloads.is_empty() {
                self.state.functions.remove(&name);
                if cascade {
                    self.cascade(&name, Mention::Function);
                }
            }
        }
    }

    pub(super) fn drop_table(&mut self, name: &QualifiedName, cascade: bool) {
        self.state.tables.remove(name);
        if cascade {
            self.cascade(name, Mention::Table);
        }
    }

    fn drop_schema(&mut self, schema: &str) {
        let inside = |name: &QualifiedName| name.schema == schema;
        let names: Vec<QualifiedName> = self
            .state
            .tables
            .keys()
            .chain(self.state.functions.keys())
            .filter(|name| inside(name))
            .cloned()
            .collect();
        self.state.tables.retain(|name, _| !inside(name));
        self.state.functions.retain(|name, _| !inside(name));
        // Only what says the schema's name can depend on what was in it.
        if !names.is_empty() {
            self.cascade_if(|replay, part| {
                let name = QualifiedName::new("", schema);
                replay.mentions(part, &name, Mention::Any)
                    && names
                        .iter()
                        .any(|name| replay.mentions(part, name, Mention::Any))
            });
        }
    }

    /// What goes with an object that is dropped: whatever is written with its name.
    fn cascade(&mut self, name: &QualifiedName, mention: Mention) {
        self.cascade_if(|replay, part| replay.mentions(part, name, mention));
    }

    pub(super) fn cascade_if(&mut self, depends: impl Fn(&Self, Part) -> bool) {
        let mut tables = std::mem::take(&mut self.state.tables);
        for table in tables.values_mut() {
            let gone = |part: &Part| depends(self, *part);
            table.policies.retain(|_, policy| {
                !policy.using.as_ref().is_some_and(gone) && !policy.check.as_ref().is_some_and(gone)
            });
            table.triggers.retain(|_, trigger| !gone(trigger));
            table.defaults.retain(|_, default| !gone(default));
            table.view = table.view.take_if(|view| !gone(view));
        }
        self.state.tables = tables;
    }
}

/// The names of a DROP's list, each with the token behind.
fn names(source: &Source<'_>, range: (usize, usize)) -> Vec<(WrittenName, usize)> {
    commas(source, range)
        .into_iter()
        .filter_map(|(at, _)| source.qualified(at))
        .collect()
}
