use std::collections::BTreeMap;

use super::super::name::QualifiedName;
use super::super::statements::{TokenRange, commas, skip_if_exists};
use super::super::token::TokenKind;
use super::super::type_name::type_at;
use super::name_bindings::{Expression, NameBindings};
use super::policy::Policy;
use super::{Replay, SourceRange};

/// A table or view.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Its name; several after renames that may not have run.
    pub(crate) names: Vec<QualifiedName>,
    pub(crate) policies: Vec<Policy>,
    /// Triggers with a condition, and rules, by name.
    pub(crate) triggers: BTreeMap<String, Expression>,
    /// Defaults and constraints, by column or name.
    pub(crate) defaults: BTreeMap<String, Expression>,
    pub(crate) view: Option<View>,
    /// The columns with their types, as far as the files define them.
    pub(crate) columns: Vec<(String, String)>,
    /// The tables that it inherits from or is a partition of.
    pub(super) parents: Vec<usize>,
    pub(super) partition: bool,
    pub(crate) rls: Rls,
    /// Whether the files create it.
    pub(crate) made: bool,
    pub(crate) gone: bool,
}

/// Whether row level security is enabled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rls {
    /// No file enables or disables it.
    Unsaid,
    On,
    Off,
    /// It depends on a condition that is only known at run time.
    Perhaps,
}

/// The query of a view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) part: SourceRange,
    pub(crate) bound: NameBindings,
    /// The column names in brackets after its name.
    pub(crate) columns: Vec<String>,
}

impl Table {
    pub(super) fn new(name: QualifiedName) -> Self {
        Self {
            names: vec![name],
            policies: Vec::new(),
            triggers: BTreeMap::new(),
            defaults: BTreeMap::new(),
            view: None,
            columns: Vec::new(),
            parents: Vec::new(),
            partition: false,
            rls: Rls::Unsaid,
            made: false,
            gone: false,
        }
    }
}

impl Replay<'_> {
    pub(super) fn create_table(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let start = skip_if_exists(source, at);
        let Some((name, mut open)) = source.qualified(start) else {
            return;
        };
        let name = self.catalog.new_name(name);
        if let Some(known) = self.catalog.table_names.get(&name)
            && self.catalog.tables[*known].made
        {
            return;
        }
        let partition = source.is(open, "partition") && source.is(open + 1, "of");
        let mut parents = Vec::new();
        if partition && let Some((parent, next)) = source.qualified(open + 2) {
            parents.push(parent);
            open = next;
        }
        while open < part.range.1
            && source.kind(open) != Some(TokenKind::Open)
            && !source.is_any(open, &["as", "for"])
        {
            open += 1;
        }
        let mut elements = Vec::new();
        if source.kind(open) == Some(TokenKind::Open) {
            let close = source.closing((open, part.range.1));
            elements = commas(source, ((open + 1).min(close), close));
            if source.is(close + 1, "inherits") {
                let end = source.closing((close + 2, part.range.1));
                let list = commas(source, ((close + 3).min(end), end));
                parents.extend(
                    list.iter()
                        .filter_map(|(at, _)| Some(source.qualified(*at)?.0)),
                );
            }
        }
        let parents: Vec<usize> = parents
            .into_iter()
            .map(|parent| self.catalog.table(parent))
            .collect();
        let id = self.catalog.table_named(&name);
        let inherited: Vec<(String, String)> = parents
            .iter()
            .flat_map(|parent| self.catalog.tables[*parent].columns.clone())
            .collect();
        let table = &mut self.catalog.tables[id];
        table.made = true;
        table.partition = partition;
        table.parents = parents;
        table.columns = inherited;
        for element in elements {
            self.table_element(part.source, element, id);
        }
    }

    /// Adds a column or constraint, with its expression if it has one.
    pub(super) fn table_element(&mut self, index: usize, (at, end): TokenRange, id: usize) {
        let source = &self.sources[index];
        if source.is(at, "like") {
            if let Some((other, _)) = source.qualified(at + 1)
                && let Some(other) = self.catalog.known_table(&other)
            {
                let columns = self.catalog.tables[other].columns.clone();
                self.catalog.tables[id].columns.extend(columns);
            }
            return;
        }
        let constraint = source.is(at, "constraint");
        let Some(name) = source.name(at + usize::from(constraint)) else {
            return;
        };
        let unnamed = source.is(at, "check");
        let keys = ["primary", "unique", "foreign", "exclude"];
        if !constraint && !unnamed && !source.is_any(at, &keys) {
            let (kind, _) = type_at(source, at + 1, end);
            let columns = &mut self.catalog.tables[id].columns;
            if !columns.iter().any(|(known, _)| *known == name) {
                columns.push((name.clone(), kind));
            }
        }
        let from = (at + 1..end).find(|at| source.is_any(*at, &["default", "check", "generated"]));
        if let Some(from) = from.or(unnamed.then_some(at)) {
            // Unnamed constraints get different names.
            let name = if unnamed {
                format!("check at {at}")
            } else {
                name
            };
            let part = SourceRange {
                source: index,
                range: (from + 1, end),
            };
            if self.may_read(part) {
                let expression = self.expression(part, Some(id));
                self.catalog.tables[id].defaults.insert(name, expression);
            }
        }
    }

    /// Whether an expression may read the token: it contains a query, or calls a function that PostgreSQL
    /// itself does not have. Most defaults and constraints do neither.
    pub(super) fn may_read(&self, part: SourceRange) -> bool {
        let source = &self.sources[part.source];
        let (start, end) = part.range;
        (start..end).any(|at| {
            source.is_any(at, &["select", "current_setting"])
                || source.kind(at) == Some(TokenKind::Open)
                    && at > start + 1
                    && (source.kind(at - 2) == Some(TokenKind::Dot)
                        || source
                            .name(at - 1)
                            .is_some_and(|name| self.catalog.calls_by_name(&name)))
        })
    }

    /// Applies ENABLE and DISABLE ROW LEVEL SECURITY.
    pub(super) fn switch_rls(&mut self, id: usize, on: bool) {
        let table = &mut self.catalog.tables[id];
        let said = if on { Rls::On } else { Rls::Off };
        if !self.unsure {
            table.rls = said;
        } else if table.rls != said {
            table.rls = Rls::Perhaps;
        }
        self.catalog.rls |= on;
    }
}
