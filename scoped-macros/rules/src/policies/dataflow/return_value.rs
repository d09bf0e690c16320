//! The value that a function returns: a value, a row, or the values of its OUT parameters.

use super::Dataflow;
use super::frame::Frame;
use super::query::{Columns, renamed};
use super::value::Value;

impl Dataflow<'_> {
    /// Returns the value, or the values of the OUT parameters.
    pub(super) fn returned(&mut self, frame: &mut Frame<'_>, value: Option<Value>) {
        let row = match value {
            // An object that the SQL builds is a single column.
            Some(value) => vec![(String::new(), value)],
            None if frame.out.is_empty() => return,
            None => {
                let names: Vec<String> = frame.out.iter().map(|(name, _)| name.clone()).collect();
                let of = |name: String| {
                    let value = frame.variable(&name).map(|(.., value)| value.clone());
                    (name, value.unwrap_or_default())
                };
                names.into_iter().map(of).collect()
            }
        };
        self.returned_row(frame, row);
    }

    pub(super) fn returned_row(&mut self, frame: &mut Frame<'_>, mut row: Columns) {
        let returns = frame.returns.clone();
        if returns == "trigger" || returns == "void" {
            for (_, value) in row {
                frame.finish(&value);
            }
            return;
        }
        if row.len() == 1 && row[0].1.row {
            row = columns_of(std::mem::take(&mut row[0].1));
        }
        let composite = self.replay.catalog.composite(&returns).map(<[_]>::to_vec);
        let columns = if frame.out.is_empty() {
            composite.unwrap_or_default()
        } else {
            frame.out.clone()
        };
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        // A record with the same column names need not have all of them.
        let mut row = if row.iter().all(|(name, _)| names.contains(name)) {
            row
        } else {
            renamed(row, &names)
        };
        for (name, value) in &mut row {
            if let Some((_, kind)) = columns.iter().find(|(known, _)| known == name) {
                *value = self.cast(std::mem::take(value), kind);
            }
        }
        let scalar = row.len() == 1 && names.len() <= 1;
        let mut value = if scalar {
            let (name, value) = row.remove(0);
            let value = match &*returns {
                "" | "record" | "table" | "anyelement" => value,
                kind => self.cast(value, kind),
            };
            let value = frame.hand_on(value);
            if names.is_empty() {
                value
            } else {
                Value {
                    fields: vec![(name, value.clone())],
                    ..value
                }
            }
        } else {
            frame.hand_on(Value {
                fields: row,
                row: true,
                ..Value::default()
            })
        };
        value.kind = None;
        let known = std::mem::take(&mut frame.output.returned);
        frame.output.returned = if known == Value::default() {
            value
        } else {
            known.or(value)
        };
    }
}

/// The columns of a row; any other value is a single column.
pub(super) fn columns_of(value: Value) -> Columns {
    if value.parts.is_empty() && !value.fields.is_empty() {
        return value.fields;
    }
    vec![(String::new(), value)]
}
