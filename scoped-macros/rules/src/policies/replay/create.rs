use super::super::statements::skip_if_exists;
use super::super::token::TokenKind;
use super::table::View;
use super::{Replay, SourceRange};

/// The words between CREATE and the kind of the object.
const BEFORE_KIND: [&str; 10] = [
    "temp",
    "temporary",
    "global",
    "local",
    "unlogged",
    "materialized",
    "recursive",
    "constraint",
    "foreign",
    "event",
];

impl Replay<'_> {
    pub(super) fn create(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let mut at = part.range.0 + 1;
        let replace = source.is(at, "or") && source.is(at + 1, "replace");
        if replace {
            at += 2;
        }
        let mut temporary = false;
        while source.is_any(at, &BEFORE_KIND) {
            temporary |= source.is_any(at, &["temp", "temporary"]);
            at += 1;
        }
        let next = at + 1;
        if source.is(at, "policy") {
            self.create_policy(part, next);
        } else if source.is_any(at, &["function", "procedure"]) {
            self.create_function(part, next, replace);
        } else if source.is(at, "view") && !temporary {
            self.create_view(part, next, replace);
        } else if source.is(at, "table") && !temporary {
            self.create_table(part, next);
        } else if source.is_any(at, &["trigger", "rule"]) && !source.is(at - 1, "event") {
            self.create_trigger(part, next, replace);
        } else if source.is(at, "domain") {
            self.create_domain(part, next);
        } else if source.is(at, "type") {
            self.create_type(part, next);
        } else if source.is_any(at, &["role", "user", "group"]) {
            self.create_role(part, next);
        }
    }

    fn create_view(&mut self, part: SourceRange, at: usize, replace: bool) {
        let source = &self.sources[part.source];
        let exists = skip_if_exists(source, at);
        let Some((name, mut at)) = source.qualified(exists) else {
            return;
        };
        let mut columns = Vec::new();
        if source.kind(at) == Some(TokenKind::Open) {
            let close = source.closing((at, part.range.1));
            columns = (at + 1..close).filter_map(|at| source.name(at)).collect();
        }
        while at < part.range.1 && !source.is(at, "as") {
            at += 1;
        }
        let query = SourceRange {
            source: part.source,
            range: ((at + 1).min(part.range.1), part.range.1),
        };
        let bound = self.query_bound(query);
        let name = self.catalog.new_name(name);
        let id = self.catalog.table_named(&name);
        let table = &mut self.catalog.tables[id];
        if replace || table.view.is_none() {
            table.made = true;
            table.view = Some(View {
                part: query,
                bound,
                columns,
            });
        }
    }

    fn create_trigger(&mut self, part: SourceRange, at: usize, replace: bool) {
        let source = &self.sources[part.source];
        let Some(name) = source.name(at) else { return };
        let mut at = at + 1;
        let rule = source.is(at, "as");
        let keyword = if rule { "to" } else { "on" };
        while at < part.range.1 && !source.is(at, keyword) {
            at += 1;
        }
        let Some((table, at)) = source.qualified(at + 1) else {
            return;
        };
        let range = (at, part.range.1);
        let id = self.catalog.table(table);
        let condition = SourceRange {
            source: part.source,
            range,
        };
        let expression = self.expression(condition, Some(id));
        let triggers = &mut self.catalog.tables[id].triggers;
        if replace || !triggers.contains_key(&name) {
            triggers.insert(name, expression);
        }
    }
}
