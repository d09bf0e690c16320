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
    pub(super) key: String,
    pub(super) json: Value,
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
    pub(super) fn key(&self) -> String {
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

    pub(super) fn condition(&self) -> String {
        self.filter
            .as_deref()
            .map(|filter| format!(" where {filter}"))
            .unwrap_or_default()
    }

    /// Whether the role may read what the key is made of.
    pub(super) fn can_read_key(&self, privileges: &Privileges) -> bool {
        match &self.relation.key {
            Some(columns) => columns
                .iter()
                .all(|column| privileges.select.contains(column)),
            None => privileges.whole,
        }
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
