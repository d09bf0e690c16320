//! Values that a function stores in a table and reads from it later.

use super::claim_use::PathStep;
use super::frame::Frame;
use super::value::Value;

/// The most columns whose values are kept.
const MAX: usize = 64;

impl Frame<'_> {
    /// Stores the value in the column of a table.
    pub(super) fn store(&mut self, table: &str, column: &str, value: Value) {
        // Every token has these claims, and many tables have columns for them.
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

    /// The columns of a table that have stored values.
    pub(super) fn stored(&self, table: &str) -> Vec<(String, Value)> {
        let of_table = self.output.stored.iter().filter(|stored| stored.0 == table);
        let values = of_table.map(|(_, column, value)| {
            let value = value.clone().each(|part| part.fresh = true);
            (column.clone(), value)
        });
        values.collect()
    }

    /// The value as an argument of a call: it is reported where the function uses it.
    pub(super) fn hand_on_argument(&mut self, value: Value) -> Value {
        for part in &value.parts {
            self.refine(part);
        }
        value.into_argument_of_call()
    }
}
