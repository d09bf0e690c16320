use super::super::source::Source;
use super::super::split::Range;
use super::super::token::Kind;
use super::create::skip_if_exists;
use super::function::commas;
use super::{Part, Replay, Table};

impl Replay<'_> {
    pub(super) fn create_table(&mut self, part: Part, at: usize) {
        let source = &self.sources[part.source];
        let start = skip_if_exists(source, at);
        let Some((name, mut open)) = source.qualified(start) else {
            return;
        };
        let name = self.state.new_name(name);
        if self.state.tables.contains_key(&name) {
            return;
        }
        let mut table = Table::default();
        while open < part.range.1
            && source.kind(open) != Some(Kind::Open)
            && !source.is_any(open, &["as", "for"])
        {
            open += 1;
        }
        if source.kind(open) == Some(Kind::Open) {
            let close = source.closing((open, part.range.1));
            for element in commas(source, ((open + 1).min(close), close)) {
                table_element(source, part.source, element, &mut table);
            }
        }
        self.state.tables.insert(name, table);
    }
}

/// A column or a constraint: kept if it has an expression of its own.
pub(super) fn table_element(source: &Source<'_>, index: usize, range: Range, table: &mut Table) {
    let (at, end) = range;
    if source.is(at, "like") {
        return;
    }
    let constraint = source.is(at, "constraint");
    let Some(name) = source.name(at + usize::from(constraint)) else {
        return;
    };
    let from = (at + 1..end).find(|at| source.is_any(*at, &["default", "check", "generated"]));
    let unnamed = source.is(at, "check");
    if let Some(from) = from.or(unnamed.then_some(at)) {
        // Two unnamed constraints get two names.
        let name = if unnamed {
            format!("check at {at}")
        } else {
            name
        };
        let part = Part {
            source: index,
            range: (from, end),
        };
        table.defaults.insert(name, part);
    }
}
