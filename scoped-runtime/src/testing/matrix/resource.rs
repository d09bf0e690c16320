//! What people are let at: a table, a view, the files of a bucket, the messages of a topic.

use std::collections::BTreeSet;

use serde_json::Value;

use super::catalog::{Privileges, Relation};
use super::connection::Connection;
use super::identity::Attempt;
use super::outcome::Operation;
use super::{identifier, literal, rows};
use crate::testing::error::Result;

/// The greatest number of rows of a table that are tried.
const MAX_ROWS: usize = 100;
/// The greatest number of other owners that a row is offered to.
const MAX_TARGETS: usize = 8;

/// A relation, or the part of it that belongs to a bucket or a topic.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) label: String,
    pub(super) relation: Relation,
    /// The rows that belong to it.
    pub(super) filter: Option<String>,
    /// What is set before each statement.
    pub(super) before: Option<String>,
    pub(super) rows: Vec<Row>,
    /// Why there is no row.
    pub(super) reason: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    key: String,
    json: Value,
}

/// The statements of one cell, and what each of them is about.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub(super) attempts: Vec<Attempt>,
    pub(super) about: Vec<About>,
}

#[derive(Debug, Clone)]
pub(super) enum About {
    /// The answer names the rows by their keys.
    Keys,
    /// The answer counts rows that are not told apart.
    Count,
    /// The answer counts rows that were given the values of one row, which these rows have anyway.
    Given(BTreeSet<usize>),
    /// The row of this number, from 1 on.
    Row(usize),
}

impl Resource {
    pub(super) fn of(relation: &Relation) -> Self {
        Self {
            label: relation.label(),
            relation: relation.clone(),
            filter: None,
            before: None,
            rows: Vec::new(),
            reason: None,
        }
    }

    pub(super) fn bucket(relation: &Relation, id: &str) -> Self {
        Self {
            label: format!("bucket {id}"),
            filter: Some(format!("t.bucket_id = {}", literal(id))),
            ..Self::of(relation)
        }
    }

    pub(super) fn topic(relation: &Relation, topic: &str) -> Self {
        Self {
            label: format!("topic {topic}"),
            filter: Some(format!("t.topic = {}", literal(topic))),
            before: Some(format!(
                "select pg_catalog.set_config('realtime.topic', {}, true)",
                literal(topic)
            )),
            ..Self::of(relation)
        }
    }

    /// Reads the rows as a superuser.
    pub(super) async fn read_rows(&mut self, admin: &Connection) -> Result<()> {
        let key = self.key();
        let order = if self.relation.kind == "v" {
            key.clone()
        } else {
            "t.tableoid, t.ctid".to_owned()
        };
        let from = format!("{} t{}", self.relation.sql(), self.condition());
        let found = rows::all(admin, &from, &key, &order, MAX_ROWS).await?;
        self.rows = found
            .into_iter()
            .map(|(key, json)| Row {
                key,
                json: serde_json::from_str(&json).unwrap_or_default(),
            })
            .collect();
        Ok(())
    }

    /// The operations that make sense: a view is read.
    pub(super) fn operations(&self) -> &'static [Operation] {
        if self.relation.is_view() {
            &[Operation::Select]
        } else {
            &Operation::ON_TABLES
        }
    }

    /// The text by which a row is known.
    fn key(&self) -> String {
        match &self.relation.key {
            Some(columns) => {
                let columns: Vec<String> = columns
                    .iter()
                    .map(|name| format!("t.{}", identifier(name)))
                    .collect();
                format!("jsonb_build_array({})::text", columns.join(", "))
            }
            None if self.relation.kind == "r" => "t.ctid::text".to_owned(),
            None => "to_jsonb(t)::text".to_owned(),
        }
    }

    fn condition(&self) -> String {
        self.filter
            .as_deref()
            .map(|filter| format!(" where {filter}"))
            .unwrap_or_default()
    }

    /// Whether the role may read what the key is made of.
    fn can_read_key(&self, privileges: &Privileges) -> bool {
        match &self.relation.key {
            Some(columns) => columns
                .iter()
                .all(|column| privileges.select.contains(column)),
            None => privileges.whole,
        }
    }

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

    /// The number of the row with this key.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.rows
            .iter()
            .position(|row| row.key == key)
            .map(|place| place + 1)
    }

    /// The numbers of the rows of which a condition is true.
    pub(super) async fn rows_where(
        &self,
        admin: &Connection,
        condition: &str,
    ) -> Result<BTreeSet<usize>> {
        let filter = self.filter.as_deref().unwrap_or("true");
        let query = format!(
            "select {} from {} t where ({filter}) and ({condition})",
            self.key(),
            self.relation.sql()
        );
        let keys = admin.texts(&query).await?;
        Ok(keys.iter().filter_map(|key| self.number(key)).collect())
    }
}
