use super::super::name::{QualifiedName, WrittenName};
use super::super::statements::{commas, skip_if_exists};
use super::policy::policy_head;
use super::{Replay, SourceRange};

impl Replay<'_> {
    pub(super) fn alter(&mut self, part: SourceRange) {
        self.note_owner(part);
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
        } else if source.is_any(at, &["type", "domain"]) {
            self.alter_type(part, next);
        } else if source.is_any(at, &["role", "user", "group"]) {
            self.alter_role(part, next);
        } else if source.is(at, "schema") {
            if let (Some(old), Some(new)) = (source.name(next), source.name(next + 3))
                && source.is(next + 1, "rename")
            {
                self.rename_schema(&old, &new);
            }
        } else if source.is_any(at, &["trigger", "rule"])
            && let Some((name, table, at)) = policy_head(source, next)
            && let Some(new) = source.name(at + 2)
            && source.is(at, "rename")
        {
            let id = self.catalog.table(table);
            let triggers = &mut self.catalog.tables[id].triggers;
            if let Some(trigger) = triggers.remove(&name) {
                triggers.insert(new, trigger);
            }
        }
    }

    fn alter_table(&mut self, part: SourceRange, written: WrittenName, at: usize) {
        let source = &self.sources[part.source];
        let name = self.catalog.table_name(written);
        if source.is(at, "rename") && source.is(at + 1, "to") {
            if let Some(new) = source.name(at + 2) {
                self.rename_table(&name, &QualifiedName::new(&name.schema, &new));
            }
        } else if source.is(at, "rename") {
            let at = at + 1 + usize::from(source.is_any(at + 1, &["column", "constraint"]));
            if let (Some(old), Some(new)) = (source.name(at), source.name(at + 2))
                && let Some(id) = self.catalog.table_names.get(&name)
            {
                let id = *id;
                self.rename_column(id, &old, &new);
            }
        } else if source.is(at, "set") && source.is(at + 1, "schema") {
            if let Some(schema) = source.name(at + 2) {
                self.rename_table(&name, &QualifiedName::new(&schema, &name.name));
            }
        } else if source.is_any(at, &["attach", "detach"]) && source.is(at + 1, "partition") {
            let attach = source.is(at, "attach");
            if let Some((child, _)) = source.qualified(at + 2) {
                let parent = self.catalog.table_named(&name);
                let child = self.catalog.table(child);
                let child = &mut self.catalog.tables[child];
                child.parents.retain(|known| *known != parent);
                child.partition = attach;
                if attach {
                    child.parents.push(parent);
                }
            }
        } else {
            for (at, end) in commas(source, (at, part.range.1)) {
                self.alter_column(part.source, &name, at, end);
            }
        }
    }

    /// Policies keep the column, under its new name.
    fn rename_column(&mut self, id: usize, old: &str, new: &str) {
        if let Some(default) = self.catalog.tables[id].defaults.remove(old) {
            self.catalog.tables[id]
                .defaults
                .insert(new.to_owned(), default);
        }
        let columns = &mut self.catalog.tables[id].columns;
        if let Some(column) = columns.iter_mut().find(|(known, _)| known == old) {
            new.clone_into(&mut column.0);
        }
        self.renamed.push((id, old.to_owned(), new.to_owned()));
    }

    pub(super) fn rename_table(&mut self, old: &QualifiedName, new: &QualifiedName) {
        let Some(id) = self.catalog.table_names.get(old).copied() else {
            return;
        };
        // PostgreSQL refuses a name that is taken. A table that only policies mention was created outside of
        // the files, so it does not take the name.
        if let Some(taken) = self.catalog.table_names.get(new)
            && *taken != id
            && self.catalog.tables[*taken].made
        {
            return;
        }
        let table = &mut self.catalog.tables[id];
        // If the branch may not run, the table may have either name.
        if self.unsure {
            table.names.push(new.clone());
        } else {
            table.names = vec![new.clone()];
            self.catalog.table_names.remove(old);
        }
        self.catalog.table_names.insert(new.clone(), id);
    }

    fn rename_schema(&mut self, old: &str, new: &str) {
        let of_schema = |name: &&QualifiedName| name.schema == old;
        let tables: Vec<_> = self
            .catalog
            .table_names
            .keys()
            .filter(of_schema)
            .cloned()
            .collect();
        for name in tables {
            self.rename_table(&name, &QualifiedName::new(new, &name.name));
        }
        let functions: Vec<_> = self.catalog.function_names.iter().collect();
        let functions = functions.into_iter().filter(|(name, _)| name.schema == old);
        let functions: Vec<_> = functions
            .flat_map(|(name, ids)| {
                let new = QualifiedName::new(new, &name.name);
                ids.iter()
                    .map(move |id| (*id, new.clone()))
                    .collect::<Vec<_>>()
            })
            .collect();
        for (id, name) in functions {
            self.rename_function(id, name);
        }
        let kinds: Vec<_> = self
            .catalog
            .types
            .keys()
            .filter(of_schema)
            .cloned()
            .collect();
        for name in kinds {
            if let Some(kind) = self.catalog.types.remove(&name) {
                self.catalog
                    .types
                    .insert(QualifiedName::new(new, &name.name), kind);
            }
        }
    }

    /// Applies one action of ALTER TABLE, if it creates or drops something that may read claims.
    fn alter_column(&mut self, index: usize, table: &QualifiedName, at: usize, end: usize) {
        let source = &self.sources[index];
        let column = usize::from(source.is(at + 1, "column"));
        let target = skip_if_exists(source, at + 1 + column);
        if source.is_any(at, &["enable", "disable"]) && source.is(at + 1, "row") {
            let on = source.is(at, "enable");
            let id = self.catalog.table_named(table);
            self.switch_rls(id, on);
        } else if source.is(at, "add") {
            let id = self.catalog.table_named(table);
            let entry = &self.catalog.tables[id];
            let exists = target > at + 1 + column
                && source.name(target).is_some_and(|name| {
                    entry.defaults.contains_key(&name)
                        || entry.columns.iter().any(|(known, _)| *known == name)
                });
            if !exists {
                self.table_element(index, (target, end), id);
            }
        } else if source.is(at, "drop") {
            let constraint = source.is(at + 1, "constraint");
            let target = skip_if_exists(source, target + usize::from(constraint));
            let cascade = source.is(end - 1, "cascade");
            if let (Some(name), Some(id)) =
                (source.name(target), self.catalog.table_names.get(table))
            {
                let id = *id;
                self.drop_column(id, &name, cascade && !constraint);
            }
        } else if source.is(at, "alter")
            && let Some(name) = source.name(target)
            && source.is_any(target + 1, &["set", "drop"])
            && source.is(target + 2, "default")
        {
            let set = source.is(target + 1, "set");
            let id = self.catalog.table_named(table);
            let part = SourceRange {
                source: index,
                range: (target + 3, end),
            };
            let expression = set.then(|| self.expression(part, Some(id)));
            let defaults = &mut self.catalog.tables[id].defaults;
            defaults.remove(&name);
            defaults.extend(expression.map(|expression| (name, expression)));
        }
    }
}
