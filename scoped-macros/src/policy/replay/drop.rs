use super::super::name::{QualifiedName, WrittenName};
use super::super::source::Source;
use super::super::token::Kind;
use super::create::{policy_head, skip_if_exists};
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
        } else if source.is_any(at, &["type", "domain"]) {
            for (name, _) in names(source, (name, end)) {
                let name = self.state.new_name(name);
                self.state.domains.remove(&name);
                if cascade {
                    self.cascade(&name, Mention::Any);
                }
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
        if !table.is_unknown() && !name.contains(unknown) && !self.unsure {
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
                let close = source.closing((next, part.range.1));
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
                replay.mentions(part, &name, Mention::Any, true)
                    && names
                        .iter()
                        .any(|name| replay.mentions(part, name, Mention::Any, true))
            });
        }
    }

    /// What goes with an object that is dropped: whatever is written with its name, and what goes with that.
    fn cascade(&mut self, name: &QualifiedName, mention: Mention) {
        let rivals: Vec<String> = (self.state.tables.keys().chain(self.state.functions.keys()))
            .filter(|other| other.name == name.name && other.schema != name.schema)
            .map(|other| other.schema.clone())
            .collect();
        let gone = self.cascade_if(|replay, part| {
            let path = replay.search_path(part);
            let may_be_in = |schema: &String| match path {
                [] => schema == "public",
                path => path.contains(schema),
            };
            // Where the path is not known, the only one of that name is meant.
            let bare = may_be_in(&name.schema) || !rivals.iter().any(may_be_in);
            replay.mentions(part, name, mention, bare)
        });
        for (name, mention) in gone {
            self.cascade(&name, mention);
        }
    }

    /// Drops what depends; gives those on which something else may depend.
    fn cascade_if(
        &mut self,
        depends: impl Fn(&Self, Part) -> bool,
    ) -> Vec<(QualifiedName, Mention)> {
        let mut dropped = Vec::new();
        let mut tables = std::mem::take(&mut self.state.tables);
        let mut functions = std::mem::take(&mut self.state.functions);
        let gone = |part: &Part| depends(self, *part);
        tables.retain(|name, table| {
            table.policies.retain(|_, policy| {
                !policy.using.as_ref().is_some_and(gone) && !policy.check.as_ref().is_some_and(gone)
            });
            table.triggers.retain(|_, trigger| !gone(trigger));
            table.defaults.retain(|_, default| !gone(default));
            let view = table.view.as_ref().is_some_and(gone);
            if view {
                dropped.push((name.clone(), Mention::Table));
            }
            !view
        });
        // A body in a string depends on nothing, until it runs.
        functions.retain(|name, overloads| {
            let parsed = |part: &&Part| {
                let source = &self.sources[part.source];
                !source.kind(part.range.0).is_some_and(Kind::is_text)
            };
            overloads.retain(|function| !function.body.as_ref().filter(parsed).is_some_and(gone));
            if overloads.is_empty() {
                dropped.push((name.clone(), Mention::Function));
            }
            !overloads.is_empty()
        });
        (self.state.tables, self.state.functions) = (tables, functions);
        dropped
    }
}

/// The names of a DROP's list, each with the token behind.
fn names(source: &Source<'_>, range: (usize, usize)) -> Vec<(WrittenName, usize)> {
    commas(source, range)
        .into_iter()
        .filter_map(|(at, _)| source.qualified(at))
        .collect()
}
