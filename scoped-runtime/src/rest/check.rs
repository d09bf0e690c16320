//! Checks of a whole query: combinations that contradict each other, or that the server would ignore.

use super::body::Body;
use super::mistake::Mistake;
use super::preference::{Preferences, Resolution};
use super::statement::Statement;
use super::verb::{Accept, Verb};

impl Statement {
    /// Checks the query, and returns the columns and preferences to send, which include those that follow
    /// from a list of rows or from the kind of write.
    pub(super) fn check(&self) -> Result<(Option<Vec<String>>, Preferences), Mistake> {
        let mut preferences = self.preferences.clone();
        if self.verb.is_change() {
            self.check_change()?;
        } else {
            self.check_other()?;
        }
        if self.verb.is_write() && matches!(self.accept, Accept::Plan(plan) if plan.is_analyzed()) {
            return Err(Mistake::new(
                "`explain` with `analyze` would execute the write",
                "leave `analyze` out",
            ));
        }
        if self.accept != Accept::Rows
            && self
                .headers
                .as_ref()
                .is_some_and(|headers| headers.contains_key("accept"))
        {
            return Err(Mistake::new(
                "an `Accept` header is set, and the method asks for another format",
                "send the query with `execute`",
            ));
        }
        if let Some(expected) = self.expected_rows {
            let limits = [self.limit, preferences.max_affected];
            if limits.into_iter().flatten().any(|limit| limit < expected) {
                return Err(Mistake::new(
                    "`expect_rows` expects more rows than `limit` or `max_affected` allows",
                    "keep one of them",
                ));
            }
            preferences.max_affected = Some(expected);
            preferences
                .count
                .get_or_insert(super::preference::Count::Exact);
        }
        let columns = match &self.body {
            Some(body) if self.verb.is_insert() => self.columns_to_set(body, &mut preferences)?,
            _ => self.columns.clone(),
        };
        Ok((columns, preferences))
    }

    /// Checks an update or a delete.
    fn check_change(&self) -> Result<(), Mistake> {
        let verb = self.verb.name();
        if let Some(table) = &self.embedded_filter {
            return Err(Mistake::new(
                format!(
                    "{verb} is filtered by the embedded table `{table}`, which the server ignores"
                ),
                "filter by a column of the table itself, or write a database function and call it with `rpc`",
            ));
        }
        if self.offset.is_some() {
            return Err(Mistake::new(
                format!("{verb} has an offset, which the server ignores"),
                "select the rows with filters; `limit(n)` makes the server refuse a write of more rows",
            ));
        }
        if !self.restricts && !self.all_rows {
            return Err(Mistake::new(
                format!("{verb} has no filter and would affect every row"),
                "add a filter, or call `all_rows()`",
            ));
        }
        if self.restricts && self.all_rows {
            return Err(Mistake::new(
                format!("{verb} has both a filter and `all_rows()`"),
                "keep one of them",
            ));
        }
        if self.on_conflict.is_some() {
            return Err(misplaced("on_conflict", verb, "it belongs to `upsert`"));
        }
        Ok(())
    }

    /// Checks a read, an insert, an upsert or a function call.
    fn check_other(&self) -> Result<(), Mistake> {
        let verb = self.verb.name();
        if self.all_rows {
            return Err(misplaced(
                "all_rows",
                verb,
                "it belongs to `update` and `delete`",
            ));
        }
        if self.expected_rows.is_some() {
            return Err(misplaced(
                "expect_rows",
                verb,
                "it belongs to `update` and `delete`",
            ));
        }
        if self.preferences.max_affected.is_some() && self.verb != Verb::Call {
            return Err(misplaced(
                "max_affected",
                verb,
                "it belongs to `update`, `delete` and `rpc`",
            ));
        }
        if !self.verb.is_insert() {
            if self.columns.is_some() && self.verb != Verb::Call {
                return Err(misplaced(
                    "columns",
                    verb,
                    "it belongs to writes; `select` names the columns to read",
                ));
            }
            if self.on_conflict.is_some() {
                return Err(misplaced("on_conflict", verb, "it belongs to `upsert`"));
            }
            return Ok(());
        }
        if self.has_filter {
            return Err(Mistake::new(
                format!("{verb} has a filter, which the server ignores"),
                "leave it out, or use `update` to change existing rows",
            ));
        }
        if self.limit.is_some() || self.offset.is_some() {
            return Err(misplaced(
                "limit",
                verb,
                "an insert writes all rows that are passed to it",
            ));
        }
        if self.on_conflict.is_some() && self.verb == Verb::Insert {
            return Err(misplaced("on_conflict", verb, "it belongs to `upsert`"));
        }
        Ok(())
    }

    /// The value of the parameter `columns` for an insert. PostgREST refuses a list whose rows differ in
    /// their keys without it; with it, missing values take the columns' defaults.
    fn columns_to_set(
        &self,
        body: &Body,
        preferences: &mut Preferences,
    ) -> Result<Option<Vec<String>>, Mistake> {
        if self.verb == Verb::Upsert {
            preferences.resolution.get_or_insert(Resolution::Merge);
        } else if preferences.resolution.is_some() {
            return Err(misplaced(
                "ignore_duplicates",
                self.verb.name(),
                "it belongs to `upsert`",
            ));
        }
        if !body.is_list {
            return Ok(self.columns.clone());
        }
        if !preferences.has_other("missing") {
            preferences.missing_default = true;
        }
        let keys = body.row_keys()?;
        let merges = preferences.resolution == Some(Resolution::Merge);
        if keys.differ && merges {
            return Err(Mistake::new(
                "the rows of an upsert differ in their columns: a column that a row lacks would be reset in the existing row",
                "give every row the same columns, or send one upsert for each set of columns",
            ));
        }
        let lacks = |column: &String| !keys.all.contains(column);
        match &self.columns {
            Some(columns) if merges && columns.iter().any(lacks) && !keys.all.is_empty() => {
                Err(Mistake::new(
                    "`columns` names a column that the rows of an upsert lack: it would be reset in the existing rows",
                    "name only columns that every row has",
                ))
            }
            Some(columns) => Ok(Some(columns.clone())),
            None => Ok(Some(keys.all)),
        }
    }
}

fn misplaced(method: &str, verb: &str, remedy: &'static str) -> Mistake {
    Mistake::new(format!("`{method}` does not apply to {verb}"), remedy)
}
