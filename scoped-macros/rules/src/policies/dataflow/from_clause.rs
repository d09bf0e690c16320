//! The items of FROM: tables, views, common table expressions, functions and queries.

use super::super::name::WrittenName;
use super::super::syntax::{Call, Column, From, Node, Relation};
use super::Dataflow;
use super::claim_use::{Extraction, PathStep, Predicate};
use super::expression::one_of_row;
use super::frame::{Frame, FromBinding};
use super::json_access::step;
use super::query::{Columns, renamed};
use super::value::Value;

impl Dataflow<'_> {
    /// Binds the names of one item.
    pub(super) fn from(&mut self, frame: &mut Frame<'_>, from: &From) {
        let names: Vec<String> = from
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let (name, columns, whole) = match &from.relation {
            Relation::Table(table) => {
                let columns = self.columns_of(frame, table);
                (Some(table.name.clone()), columns, None)
            }
            Relation::Query(query) => (None, self.query(frame, query), None),
            Relation::Function(node) => {
                let (name, columns, whole) = self.function_in_from(frame, node, from);
                (name, columns, Some(whole))
            }
        };
        let columns = renamed(columns, &names);
        let alias = from.alias.clone().or(name);
        // A column is reported where it is used.
        let whole = match whole {
            Some(whole) if columns.len() <= 1 => whole,
            _ => one_of_row(columns.clone()),
        };
        frame.scope().tables.push(FromBinding {
            alias: alias.unwrap_or_default(),
            columns,
            whole,
        });
    }

    /// The columns of a table that come from the token.
    fn columns_of(&mut self, frame: &mut Frame<'_>, table: &WrittenName) -> Columns {
        if table.schema.is_none()
            && let Some(columns) = frame.common(&table.name)
        {
            return columns.to_vec();
        }
        let mut columns =
            match self
                .replay
                .relation(table, frame.context.bound, frame.context.search_path)
            {
                Some(id) => self.view(frame, id),
                None => Columns::new(),
            };
        columns.extend(frame.stored(&table.name));
        columns
    }

    /// A function in FROM: its name, its columns, and the value of its alias.
    fn function_in_from(
        &mut self,
        frame: &mut Frame<'_>,
        node: &Node,
        from: &From,
    ) -> (Option<String>, Columns, Value) {
        let call = match node {
            Node::Call(call) => Some(&**call),
            _ => None,
        };
        let name = call.map(|call| call.name.name.clone());
        if let Some(call) = call
            && call.name.name.contains("_to_record")
        {
            let columns = self.record(frame, call, &from.columns);
            return (name, columns, Value::other());
        }
        let value = self.value(frame, node);
        if value.row && !value.fields.is_empty() {
            return (name, value.fields.clone(), value);
        }
        if !value.fields.is_empty() {
            let columns = value.fields.clone();
            return (name, columns, value);
        }
        let elements = name
            .as_ref()
            .is_some_and(|name| name.contains("_array_elements"));
        let alias = from.alias.clone().or_else(|| name.clone());
        let column = if elements {
            Some("value".to_owned())
        } else {
            alias
        };
        let columns = vec![(column.unwrap_or_default(), value.clone())];
        (name, columns, value)
    }

    /// `jsonb_to_record(value) as r(a uuid, b text)`: the columns are keys of the value.
    fn record(&mut self, frame: &mut Frame<'_>, call: &Call, columns: &[Column]) -> Columns {
        let mut value = Value::default();
        for argument in &call.arguments {
            value = self.value(frame, &argument.value);
        }
        if call.name.name.ends_with("set") {
            for part in &value.parts {
                frame.emit(part, Predicate::Elements, false);
            }
            value = step(frame, &value, &[PathStep::Element], Extraction::Json);
        }
        if columns.is_empty() {
            frame.lose(&value);
        }
        let members = columns.iter().map(|column| {
            let extraction = if matches!(&*column.kind, "json" | "jsonb") {
                Extraction::Json
            } else {
                Extraction::Text
            };
            let key = PathStep::Key(column.name.clone());
            let member = step(frame, &value, &[key], extraction);
            let member = self.cast(member.seen_at(column.at), &column.kind);
            (column.name.clone(), member)
        });
        members.collect()
    }
}
