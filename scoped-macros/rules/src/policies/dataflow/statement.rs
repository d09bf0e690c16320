//! Evaluates statements in the order in which they run: assignments, branches and loops.

use super::super::syntax::{Node, Statement};
use super::Dataflow;
use super::expression::one_of_row;
use super::frame::Frame;
use super::query::Columns;
use super::return_value::columns_of;
use super::value::Value;

/// Whether the statements after this one do not run.
pub(super) type Ends = bool;

impl Dataflow<'_> {
    pub(super) fn statements(&mut self, frame: &mut Frame<'_>, statements: &[Statement]) -> Ends {
        for statement in statements {
            if self.statement(frame, statement) {
                return true;
            }
        }
        false
    }

    pub(super) fn statement(&mut self, frame: &mut Frame<'_>, statement: &Statement) -> Ends {
        match statement {
            Statement::Declare(name, kind, value) => {
                let value = value.as_ref().map(|value| self.value(frame, value));
                frame.declare(name, kind, Value::default());
                if let Some(value) = value {
                    self.assign(frame, std::slice::from_ref(name), value);
                }
            }
            Statement::Assign(target, value) => {
                let value = self.value(frame, value);
                self.assign(frame, target, value);
            }
            Statement::Cursor(name, query) => {
                let row = one_of_row(self.query(frame, query));
                frame.declare(name, "", row);
            }
            Statement::Fetch(cursor, targets) => {
                let row = frame.variable(cursor).map(|(.., value)| value.clone());
                let row = row.unwrap_or_default();
                self.assign_row(frame, targets, columns_of(row));
            }
            Statement::If(branches, otherwise) => return self.branches(frame, branches, otherwise),
            Statement::Loop(head, body) => self.looped(frame, head, body),
            Statement::Block(body, handlers) => return self.block(frame, body, handlers),
            Statement::Return(value) => {
                let value = value.as_ref().map(|value| self.value(frame, value));
                self.returned(frame, value);
                return true;
            }
            Statement::ReturnNext(value) => {
                let value = value.as_ref().map(|value| self.value(frame, value));
                self.returned(frame, value);
            }
            Statement::ReturnQuery(query) => {
                let row = self.query(frame, query);
                self.returned_row(frame, row);
            }
            Statement::Execute {
                text,
                using,
                into,
                returns,
            } => {
                let row = self.execute(frame, text, using);
                if *returns {
                    self.returned_row(frame, row);
                } else if !into.is_empty() {
                    self.assign_row(frame, into, row);
                }
            }
            Statement::Query(query) => {
                for (_, value) in self.query(frame, query) {
                    frame.finish(&value);
                }
            }
            Statement::Store(table, query) => {
                for (column, value) in self.query(frame, query) {
                    let value = frame.hand_on(value);
                    frame.store(&table.name, &column, value);
                }
            }
            Statement::Unparsed(nodes) => return self.unparsed(frame, nodes),
        }
        false
    }

    fn unparsed(&mut self, frame: &mut Frame<'_>, nodes: &[Node]) -> Ends {
        let word = |index: usize| match nodes.get(index) {
            Some(Node::Name(name, _)) => name.first().map(String::as_str),
            _ => None,
        };
        let raises = word(0) == Some("raise");
        for node in nodes {
            let value = self.value(frame, node);
            if raises {
                frame.finish(&value);
            } else {
                frame.lose(&value);
            }
        }
        let goes_on = ["notice", "warning", "info", "log", "debug"];
        frame.procedural && raises && !word(1).is_some_and(|level| goes_on.contains(&level))
    }

    /// Evaluates `target := value`.
    pub(super) fn assign(&mut self, frame: &mut Frame<'_>, target: &[String], value: Value) {
        self.texts_that_read(frame, &value);
        match target {
            [name] => {
                let kind = frame.variable(name).map(|(_, kind, _)| kind.clone());
                let kind = kind.unwrap_or_default();
                let value = if kind.is_empty() || kind == "record" {
                    value
                } else {
                    self.cast(value, &kind)
                };
                let value = frame.hand_on(value);
                match frame.variable(name) {
                    Some((.., known)) => *known = value,
                    None => frame.declare(name, &kind, value),
                }
            }
            [.., name, field] => {
                let value = frame.hand_on(value);
                if frame.variable(name).is_none() {
                    frame.declare(name, "", Value::other());
                }
                if let Some((.., known)) = frame.variable(name) {
                    known.fields.retain(|(known, _)| known != field);
                    known.fields.push((field.clone(), value));
                    known.row = true;
                }
            }
            [] => {}
        }
    }

    /// Assigns the columns of a row to the variables; a single variable gets the row.
    pub(super) fn assign_row(
        &mut self,
        frame: &mut Frame<'_>,
        targets: &[Vec<String>],
        row: Columns,
    ) {
        let [target] = targets else {
            for (target, (_, value)) in targets.iter().zip(row) {
                self.assign(frame, target, value);
            }
            return;
        };
        let kind = target
            .first()
            .and_then(|name| frame.variable(name))
            .map(|(_, kind, _)| kind.clone());
        let is_row = matches!(kind.as_deref(), None | Some("" | "record"));
        let value = match <[(String, Value); 1]>::try_from(row) {
            Ok([(name, value)]) if is_row && value.fields.is_empty() && !name.is_empty() => Value {
                fields: vec![(name, value.clone())],
                ..value
            },
            Ok([(_, value)]) => value,
            Err(row) => one_of_row(row),
        };
        self.assign(frame, target, value);
    }
}
