//! The columns of queries.

use super::super::syntax::{ChainLink, Item, Node, Query, Select};
use super::Dataflow;
use super::frame::{Frame, Scope};
use super::value::Value;

/// The columns of a row, by name.
pub(super) type Columns = Vec<(String, Value)>;

/// PostgreSQL's name of a column without a name.
pub(super) const UNNAMED: &str = "?column?";

impl Dataflow<'_> {
    /// The columns of a query. If it combines several SELECTs, each column has the values of all of them.
    pub(super) fn query(&mut self, frame: &mut Frame<'_>, query: &Query) -> Columns {
        frame.scopes.push(Scope::default());
        for (name, columns, inner) in &query.common {
            // WITH RECURSIVE: the second round knows the columns from the first one.
            for _ in 0..2 {
                let found = renamed(self.query(frame, inner), columns);
                let common = &mut frame.scope().common;
                common.retain(|(known, _)| known != name);
                common.push((name.clone(), found));
                if !mentions(inner, name) {
                    break;
                }
            }
        }
        let selects = query.selects.iter();
        let columns = selects
            .map(|select| self.select(frame, select))
            .reduce(either);
        for node in &query.rest {
            self.decide(frame, node);
        }
        frame.scopes.pop();
        columns.unwrap_or_default()
    }

    fn select(&mut self, frame: &mut Frame<'_>, select: &Select) -> Columns {
        if let Some(inner) = &select.inner {
            return self.query(frame, inner);
        }
        frame.scopes.push(Scope::default());
        let plain = select.from.is_empty() && select.write.is_none();
        frame.wrapped += usize::from(plain);
        for from in &select.from {
            self.from(frame, from);
        }
        if let Some(write) = &select.write {
            self.write(frame, write);
        }
        for node in &select.conditions {
            self.decide(frame, node);
        }
        let mut columns = Columns::new();
        for item in &select.items {
            self.item(frame, item, &mut columns);
        }
        frame.wrapped -= usize::from(plain);
        frame.scopes.pop();
        if !select.into.is_empty() {
            let row = std::mem::take(&mut columns);
            self.assign_row(frame, &select.into, row);
        }
        columns
    }

    fn item(&mut self, frame: &mut Frame<'_>, item: &Item, columns: &mut Columns) {
        if let Node::Name(name, _) = &item.value
            && name.last().is_some_and(|last| last == "*")
        {
            columns.extend(all_columns(frame, name));
            return;
        }
        let value = self.value(frame, &item.value);
        // `(f()).*`.
        if let Node::Chain(_, links) = &item.value
            && let Some(ChainLink::Field(field)) = links.last()
            && field == "*"
            && !value.fields.is_empty()
        {
            columns.extend(value.fields);
            return;
        }
        let name = item.alias.clone().or_else(|| default_name(&item.value));
        columns.push((name.unwrap_or_else(|| UNNAMED.to_owned()), value));
    }

    /// INSERT and UPDATE: the values are stored in the table.
    fn write(&mut self, frame: &mut Frame<'_>, write: &super::super::syntax::DataChange) {
        let mut values = Columns::new();
        if let Some(rows) = &write.rows {
            for (index, (name, value)) in self.query(frame, rows).into_iter().enumerate() {
                values.push((write.columns.get(index).cloned().unwrap_or(name), value));
            }
        }
        for (column, node) in &write.set {
            let value = self.value(frame, node);
            values.push((column.clone(), value));
        }
        for (column, value) in values {
            frame.lose(&value);
            // Rows that a migration stores do not depend on the token of a request; rows that a function
            // stores do.
            let (bound, path) = (frame.context.bound, frame.context.search_path);
            if self.replay.relation(&write.table, bound, path).is_none() {
                frame.store(&write.table.name, &column, value);
            }
        }
    }
}

/// The columns of `*` or `table.*`.
fn all_columns(frame: &Frame<'_>, name: &[String]) -> Columns {
    let Some(scope) = frame.scopes.last() else {
        return Columns::new();
    };
    let table = name.len().checked_sub(2).and_then(|index| name.get(index));
    let meant = scope
        .tables
        .iter()
        .filter(|known| table.is_none_or(|table| known.alias == *table));
    let columns = meant.flat_map(|table| {
        if table.columns.is_empty() {
            // A table with unknown columns may have any number of them.
            vec![(UNNAMED.to_owned(), Value::other())]
        } else {
            table.columns.clone()
        }
    });
    columns.collect()
}

/// PostgreSQL's name of a column without an alias.
pub(super) fn default_name(node: &Node) -> Option<String> {
    match node {
        Node::Name(name, _) => name.last().cloned(),
        Node::Call(call) => Some(call.name.name.clone()),
        Node::Case(_) => Some("case".to_owned()),
        Node::Exists(_) => Some("exists".to_owned()),
        Node::Array(_) | Node::ArrayQuery(_) => Some("array".to_owned()),
        Node::Query(query) => {
            let item = query.selects.first()?.items.first()?;
            item.alias.clone().or_else(|| default_name(&item.value))
        }
        Node::Chain(first, links) => match links.last()? {
            ChainLink::Field(name) => Some(name.clone()),
            ChainLink::Cast(kind) if links.len() == 1 => {
                default_name(first).or_else(|| Some(kind.clone()))
            }
            ChainLink::Index(_) if links.len() == 1 => default_name(first),
            _ => None,
        },
        _ => None,
    }
}

/// The columns with other names, by position.
pub(super) fn renamed(mut columns: Columns, names: &[String]) -> Columns {
    for (column, name) in columns.iter_mut().zip(names) {
        column.0.clone_from(name);
    }
    columns
}

/// The values that either of two rows has, by position.
pub(super) fn either(mut all: Columns, others: Columns) -> Columns {
    for (index, (name, value)) in others.into_iter().enumerate() {
        match all.get_mut(index) {
            Some((_, known)) => *known = std::mem::take(known).or(value),
            None => all.push((name, value)),
        }
    }
    all
}

/// Whether a query refers to its own name in FROM.
fn mentions(query: &Query, name: &str) -> bool {
    query.selects.iter().any(|select| {
        let is_it = |from: &super::super::syntax::From| {
            matches!(&from.relation, super::super::syntax::Relation::Table(table) if table.name == name)
        };
        select.from.iter().any(is_it)
            || select.inner.as_ref().is_some_and(|inner| mentions(inner, name))
    })
}
