//! Values that a function puts into a table and finds there again.

use super::claim_use::PathStep;
use super::frame::Frame;
use super::value::Value;

/// More columns are not told apart.
const MAX: usize = 64;

impl Frame<'_> {
    /// The value goes into the column of a table.
    pub(super) fn store(&mut self, table: &str, column: &str, value: Value) {
        // Every token has these, and every second table.
        let plain = |step: Option<&PathStep>| matches!(step, Some(PathStep::Key(key)) if key == "sub" || key == "role");
        let mut value = value.each(|part| part.dynamic = true);
        value.parts.retain(|part| !plain(part.path.first()));
        if !value.has_token() || self.output.stored.len() >= MAX {
            return;
        }
        let same = |stored: &&mut (String, String, Value)| stored.0 == table && stored.1 == column;
        match self.output.stored.iter_mut().find(same) {
            Some((.., known)) => *known = std::mem::take(known).or(value),
            None => self
                .output
                .stored
                .push((table.to_owned(), column.to_owned(), value)),
        }
    }

    /// The columns of a table in which something was put.
    pub(super) fn stored(&self, table: &str) -> Vec<(String, Value)> {
        let of_table = self.output.stored.iter().filter(|stored| stored.0 == table);
        let values = of_table.map(|(_, column, value)| {
            let value = value.clone().each(|part| part.fresh = true);
            (column.clone(), value)
        });
        values.collect()
    }

    /// An argument of a call: a claim is reported where the function uses it.
    pub(super) fn hand_on_argument(&mut self, value: Value) -> Value {
        for part in &value.parts {
            self.refine(part);
        }
        value.into_argument_of_call()
    }
}
