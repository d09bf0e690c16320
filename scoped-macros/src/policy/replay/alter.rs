use super::super::name::{QualifiedName, WrittenName};
use super::super::token::Kind;
use super::create::{policy_clauses, policy_head, skip_if_exists};
use super::function::{arguments, commas};
use super::mention::Mention;
use super::setting::search_path;
use super::table::table_element;
use super::{Part, Policy, Replay};

impl Replay<'_> {
    pub(super) fn alter(&mut self, part: Part) {
        let source = &self.sources[part.source];
        let mut at = part.range.0 + 1;
        if source.is_any(at, &["materialized", "foreign"]) {
            at += 1;
        }
        let next = skip_if_exists(source, at + 1);
        if source.is(at, "policy") {
            self.alter_policy(part, next);
        } else if source.is_any(at, &["table", "view"]) {
            let only = usize::from(source.is(next, "only"));
            if let Some((name, at)) = source.qualified(next + only) {
                self.alter_table(part, name, at);
            }
        } else if source.is_any(at, &["function", "procedure", "routine"]) {
            self.alter_function(part, next);
        } else if source.is(at, "schema") {
            if let (Some(old), Some(new)) = (source.name(next), source.name(next + 3))
                && source.is(next + 1, "rename")
            {
                self.state.rename(|name| {
                    (name.schema == old).then(|| QualifiedName::new(&new, &name.name))
                });
            }
        } else if source.is_any(at, &["trigger", "rule"])
            && let Some((name, table, at)) = policy_head(source, next)
            && let Some(new) = source.name(at + 2)
            && source.is(at, "rename")
        {
            let triggers = &mut self.state.table(table).triggers;
            if let Some(trigger) = triggers.remove(&name) {
                triggers.insert(new, trigger);
            }
        }
    }

    fn alter_policy(&mut self, part: Part, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, table, at)) = policy_head(source, at) else {
            return;
        };
        let rename = source.is(at, "rename").then(|| source.name(at + 2));
        let table = self.state.table_name(table);
        let policies = &mut self.state.tables.entry(table).or_default().policies;
        if let Some(new) = rename {
            if let (Some(new), Some(policy)) = (new, policies.remove(&name)) {
                policies.insert(new, policy);
            }
            return;
        }
        // A policy that the files never made was made by hand: what is said about it is still true.
        let policy = policies.entry(name).or_insert_with(|| Policy {
            at: part,
            using: None,
            check: None,
            uncertain: self.unsure,
        });
        policy_clauses(&self.sources[part.source], part, at, policy);
    }

    fn alter_table(&mut self, part: Part, written: WrittenName, at: usize) {
        let source = &self.sources[part.source];
        let name = self.state.table_name(written);
        if source.is(at, "rename") && source.is(at + 1, "to") {
            if let Some(new) = source.name(at + 2) {
                self.rename_table(&name, QualifiedName::new(&name.schema, &new));
            }
        } else if source.is(at, "rename") {
            let at = at + 1 + usize::from(source.is_any(at + 1, &["column", "constraint"]));
            if let (Some(old), Some(new)) = (source.name(at), source.name(at + 2))
                && let Some(table) = self.state.tables.get_mut(&name)
                && let Some(default) = table.defaults.remove(&old)
            {
                table.defaults.insert(new, default);
            }
        } else if source.is(at, "set") && source.is(at + 1, "schema") {
            if let Some(schema) = source.name(at + 2) {
                self.rename_table(&name, QualifiedName::new(&schema, &name.name));
            }
        } else {
            for (at, end) in commas(source, (at, part.range.1)) {
                self.alter_column(part.source, &name, at, end);
            }
        }
    }

    fn rename_table(&mut self, old: &QualifiedName, new: QualifiedName) {
        if let Some(table) = self.state.tables.remove(old) {
            self.state.tables.insert(new, table);
        }
    }

    /// One action of ALTER TABLE that makes or drops an expression.
    fn alter_column(&mut self, index: usize, table: &QualifiedName, at: usize, end: usize) {
        let source = &self.sources[index];
        let column = usize::from(source.is(at + 1, "column"));
        let target = skip_if_exists(source, at + 1 + column);
        if source.is(at, "add") {
            let entry = self.state.tables.entry(table.clone()).or_default();
            let exists = target > at + 1 + column
                && source
                    .name(target)
                    .is_some_and(|name| entry.defaults.contains_key(&name));
            if !exists {
                table_element(source, index, (target, end), entry);
            }
        } else if source.is(at, "drop") {
            let target = target + usize::from(source.is(at + 1, "constraint"));
            let target = skip_if_exists(source, target);
            let Some(name) = source.name(target) else {
                return;
            };
            let cascade = source.is(end - 1, "cascade");
            let Some(entry) = self.state.tables.get_mut(table) else {
                return;
            };
            entry.defaults.remove(&name);
            if cascade && !source.is(at + 1, "constraint") {
                let mut policies = std::mem::take(&mut entry.policies);
                let column = QualifiedName::new(&table.name, &name);
                let gone = |part: &Part| self.mentions(*part, &column, Mention::Any, true);
                policies.retain(|_, policy| {
                    !policy.using.as_ref().is_some_and(gone)
                        && !policy.check.as_ref().is_some_and(gone)
                });
                if let Some(entry) = self.state.tables.get_mut(table) {
                    entry.policies = policies;
                }
            }
        } else if source.is(at, "alter")
            && let Some(name) = source.name(target)
            && source.is_any(target + 1, &["set", "drop"])
            && source.is(target + 2, "default")
        {
            let entry = self.state.tables.entry(table.clone()).or_default();
            entry.defaults.remove(&name);
            if source.is(target + 1, "set") {
                let range = (target + 2, end);
                entry.defaults.insert(
                    name,
                    Part {
                        source: index,
                        range,
                    },
                );
            }
        }
    }

    fn alter_function(&mut self, part: Part, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, mut at)) = source.qualified(at) else {
            return;
        };
        let mut types = None;
        if source.kind(at) == Some(Kind::Open) {
            let close = source.closing((at, part.range.1));
            types = Some(arguments(source, ((at + 1).min(close), close)).0);
            at = close + 1;
        }
        let old = self.state.function_name(name);
        if source.is(at, "set")
            && let Some(path) = search_path(source, (at + 1, part.range.1))
        {
            let overloads = self.state.functions.get_mut(&old).into_iter().flatten();
            for function in overloads {
                if types
                    .as_ref()
                    .is_none_or(|types| *types == function.arguments)
                {
                    function.search_path = Some(path.clone());
                }
            }
            return;
        }
        let new = match source.name(at + 2) {
            Some(name) if source.is(at, "rename") => QualifiedName::new(&old.schema, &name),
            Some(schema) if source.is(at, "set") && source.is(at + 1, "schema") => {
                QualifiedName::new(&schema, &old.name)
            }
            _ => return,
        };
        self.state.rename_function(&old, &new, types.as_deref());
    }
}
