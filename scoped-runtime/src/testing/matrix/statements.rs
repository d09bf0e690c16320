//! The statements of a cell.

use serde_json::Value;

use super::catalog::Privileges;
use super::identity::Attempt;
use super::outcome::Operation;
use super::resource::{About, Resource, Row, Trial};
use super::{identifier, literal};

/// The greatest number of other owners that a row is offered to.
const MAX_TARGETS: usize = 8;

impl Resource {
    /// The statements of a cell; `None` if the role lacks the privilege.
    pub(super) fn trial(&self, operation: Operation, privileges: &Privileges) -> Option<Trial> {
        if !privileges.usage {
            return None;
        }
        let mut trial = Trial::default();
        match operation {
            Operation::Select => self.select(privileges, &mut trial)?,
            Operation::Insert => self.insert(privileges, &mut trial)?,
            Operation::Update => self.update(privileges, &mut trial)?,
            Operation::Reassign => self.reassign(privileges, &mut trial)?,
            Operation::Delete => self.delete(privileges, &mut trial)?,
            Operation::Call => return None,
        }
        Some(trial)
    }

    fn add(&self, trial: &mut Trial, about: About, statement: String) {
        let has_texts = matches!(about, About::Keys | About::Count);
        trial.about.push(about);
        trial.attempts.push(Attempt {
            before: self.before.clone(),
            statement,
            has_texts,
        });
    }

    fn select(&self, privileges: &Privileges, trial: &mut Trial) -> Option<()> {
        let column = privileges.select.first()?;
        let (table, condition) = (self.relation.sql(), self.condition());
        if self.can_read_key(privileges) {
            self.add(
                trial,
                About::Keys,
                format!("select {} from {table} t{condition}", self.key()),
            );
        } else {
            // `count(column)` would leave out nulls.
            let counted = format!(
                "select count(*)::text from (select t.{} from {table} t{condition}) counted",
                identifier(column)
            );
            self.add(trial, About::Count, counted);
        }
        Some(())
    }

    fn insert(&self, privileges: &Privileges, trial: &mut Trial) -> Option<()> {
        let relation = &self.relation;
        let read_by_policies = relation.policy_columns();
        let columns = relation.columns.iter().filter(|column| {
            let is_fresh = relation.is_key(&column.name)
                && (column.default.is_some() || column.identity)
                && !read_by_policies.contains(column.name.as_str());
            !column.generated && !is_fresh && privileges.insert.contains(&column.name)
        });
        let columns: Vec<String> = columns.map(|column| identifier(&column.name)).collect();
        if columns.is_empty() {
            return None;
        }
        let (table, columns) = (relation.sql(), columns.join(", "));
        for (number, row) in self.numbered() {
            let statement = format!(
                "insert into {table} ({columns}) select {columns} from {}",
                self.record(row)
            );
            self.add(trial, About::Row(number), statement);
        }
        Some(())
    }

    fn update(&self, privileges: &Privileges, trial: &mut Trial) -> Option<()> {
        let column = self.plain_column(privileges)?;
        let table = self.relation.sql();
        let is_readable = self.can_read_key(privileges) && privileges.select.contains(&column);
        let column = identifier(&column);
        if is_readable {
            for (number, row) in self.numbered() {
                let statement = format!(
                    "update {table} t set {column} = t.{column} where {}",
                    self.is_row(row)
                );
                self.add(trial, About::Row(number), statement);
            }
        }
        // A statement that reads no column needs no policy for SELECT.
        if let (None, Some(row)) = (&self.filter, self.rows.first()) {
            let statement = format!(
                "update {table} set {column} = (select r.{column} from {} r)",
                self.record(row)
            );
            self.add(trial, About::Count, statement);
        }
        Some(())
    }

    /// A column whose change means the least.
    fn plain_column(&self, privileges: &Privileges) -> Option<String> {
        let read_by_policies = self.relation.policy_columns();
        let columns = self.relation.columns.iter();
        let columns =
            columns.filter(|column| !column.generated && privileges.update.contains(&column.name));
        let weight = |name: &str| {
            let is_foreign = self
                .relation
                .foreign
                .iter()
                .any(|key| key.columns.iter().any(|column| column == name));
            (
                self.relation.is_key(name),
                read_by_policies.contains(name),
                is_foreign,
            )
        };
        columns
            .min_by_key(|column| weight(&column.name))
            .map(|column| column.name.clone())
    }

    fn reassign(&self, privileges: &Privileges, trial: &mut Trial) -> Option<()> {
        let read_by_policies = self.relation.policy_columns();
        let columns = self.relation.columns.iter().filter(|column| {
            !column.generated
                && read_by_policies.contains(column.name.as_str())
                && privileges.update.contains(&column.name)
        });
        let columns: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        if columns.is_empty() {
            return None;
        }
        let table = self.relation.sql();
        let values = |row: &Row| -> Vec<Value> {
            columns.iter().map(|name| row.json[*name].clone()).collect()
        };
        let names: Vec<String> = columns.iter().map(|name| identifier(name)).collect();
        let changes = names
            .iter()
            .map(|name| format!("{name} = r.{name}"))
            .collect::<Vec<_>>()
            .join(", ");
        let mut targets: Vec<&Row> = Vec::new();
        for row in &self.rows {
            if targets.len() < MAX_TARGETS
                && targets.iter().all(|known| values(known) != values(row))
            {
                targets.push(row);
            }
        }
        if targets.len() < 2 {
            return Some(());
        }
        for (number, row) in self.numbered().filter(|_| self.can_read_key(privileges)) {
            for target in targets
                .iter()
                .filter(|target| values(target) != values(row))
            {
                let (record, is_row) = (self.record(target), self.is_row(row));
                let statement =
                    format!("update {table} t set {changes} from {record} r where {is_row}");
                self.add(trial, About::Row(number), statement);
            }
        }
        // A statement that reads no column needs no policy for SELECT, neither for the old rows nor for the new.
        if self.filter.is_none() {
            for target in targets {
                let same = self
                    .numbered()
                    .filter(|(_, row)| values(row) == values(target));
                let same = same.map(|(number, _)| number).collect();
                let taken = names.iter().map(|name| {
                    format!("{name} = (select r.{name} from {} r)", self.record(target))
                });
                let taken = taken.collect::<Vec<_>>().join(", ");
                self.add(
                    trial,
                    About::Given(same),
                    format!("update {table} set {taken}"),
                );
            }
        }
        Some(())
    }

    fn delete(&self, privileges: &Privileges, trial: &mut Trial) -> Option<()> {
        if !privileges.delete {
            return None;
        }
        let table = self.relation.sql();
        if self.can_read_key(privileges) {
            for (number, row) in self.numbered() {
                self.add(
                    trial,
                    About::Row(number),
                    format!("delete from {table} t where {}", self.is_row(row)),
                );
            }
        }
        if self.filter.is_none() {
            self.add(trial, About::Count, format!("delete from {table}"));
        }
        Some(())
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.rows
            .iter()
            .enumerate()
            .map(|(place, row)| (place + 1, row))
    }

    /// A row as a source of its values.
    fn record(&self, row: &Row) -> String {
        format!(
            "jsonb_populate_record(null::{}, {}::jsonb)",
            self.relation.sql(),
            literal(&row.json.to_string())
        )
    }

    fn is_row(&self, row: &Row) -> String {
        format!("{} = {}", self.key(), literal(&row.key))
    }
}
