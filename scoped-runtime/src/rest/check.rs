//! What a query must not say: what contradicts itself, and what would mean something else on the server.

use super::body::Body;
use super::mistake::Mistake;
use super::preference::{Preferences, Resolution};
use super::statement::Statement;
use super::verb::{Accept, Verb};

impl Statement {
    /// Checks what belongs together, and adds what follows: the columns of a list, the preferences of
    /// a write.
    pub(super) fn checked(&self) -> Result<(Option<Vec<String>>, Preferences), Mistake> {
        let mut preferences = self.preferences.clone();
        if self.verb.is_change() {
            self.check_change()?;
        } else {
            self.check_other()?;
        }
        if self.verb.is_write() && matches!(self.accept, Accept::Plan(plan) if plan.is_analyzed()) {
            return Err(Mistake::new(
                "`explain` with `analyze` would carry the write out",
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
                "an `Accept` header is set beside another form of the answer",
                "send it with `execute`",
            ));
        }
        if let Some(expected) = self.expected_rows {
            let most = [self.limit, preferences.max_affected];
            if most.into_iter().flatten().any(|most| most < expected) {
                return Err(Mistake::new(
                    "`expect_rows` says more rows than `limit` or `max_affected` allow",
                    "keep the one that is meant",
                ));
            }
            preferences.max_affected = Some(expected);
            preferences
                .count
                .get_or_insert(super::preference::Count::Exact);
        }
        let columns = match &self.body {
            Some(body) if self.verb.is_insert() => self.columns_of(body, &mut preferences)?,
            _ => self.columns.clone(),
        };
        Ok((columns, preferences))
    }

    /// An update or a delete.
    fn check_change(&self) -> Result<(), Mistake> {
        let verb = self.verb.name();
        if let Some(table) = &self.embedded_filter {
            return Err(Mistake::new(
                format!(
                    "{verb} is filtered by the embedded table `{table}`, which the server ignores"
                ),
                "filter by a column of the table itself, or write it in a function and call it with `rpc`",
            ));
        }
        if self.offset.is_some() {
            return Err(Mistake::new(
                format!("{verb} has an offset, which the server ignores"),
                "filter the rows that are meant; `limit(n)` refuses a write of more rows",
            ));
        }
        if !self.restricts && !self.all_rows {
            return Err(Mistake::new(
                format!("{verb} has no filter, and would touch every row"),
                "add a filter, or say `all_rows()`",
            ));
        }
        if self.restricts && self.all_rows {
            return Err(Mistake::new(
                format!("{verb} has a filter and `all_rows()`"),
                "keep the one that is meant",
            ));
        }
        if self.on_conflict.is_some() {
            return Err(misplaced("on_conflict", verb, "it belongs to `upsert`"));
        }
        Ok(())
    }

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
                "leave it out, or use `update` to change rows that are there",
            ));
        }
        if self.limit.is_some() || self.offset.is_some() {
            return Err(misplaced(
                "limit",
                verb,
                "an insert writes the rows that it is given",
            ));
        }
        if self.on_conflict.is_some() && self.verb == Verb::Insert {
            return Err(misplaced("on_conflict", verb, "it belongs to `upsert`"));
        }
        Ok(())
    }

    /// The columns that a list of rows sets. Without them PostgREST refuses rows that differ in their
    /// keys; with them the missing values take the columns' defaults.
    fn columns_of(
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
                "the rows of an upsert differ in their columns: those that a row lacks would be reset in the row that is there",
                "give every row the same columns, or upsert rows of one kind at a time",
            ));
        }
        let lacks = |column: &String| !keys.all.contains(column);
        match &self.columns {
            Some(columns) if merges && columns.iter().any(lacks) && !keys.all.is_empty() => {
                Err(Mistake::new(
                    "`columns` names a column that the rows of an upsert lack: it would be reset in the rows that are there",
                    "name columns that every row has",
                ))
            }
            Some(columns) => Ok(Some(columns.clone())),
            None => Ok(Some(keys.all)),
        }
    }
}

fn misplaced(method: &str, verb: &str, remedy: &'static str) -> Mistake {
    Mistake::new(format!("`{method}` means nothing for {verb}"), remedy)
}
