//! The rows that cells are tried on: those of the seed, or rows made from types, foreign keys and constraints.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::catalog::{Catalog, Column, ForeignKey, Relation};
use super::connection::Connection;
use super::values::{choices, is_user_id, own_value, plain_value, signed_up};
use super::{identifier, literal};
use crate::testing::error::Result;

/// The longest chain of foreign keys that is followed.
const MAX_DEPTH: usize = 12;

/// The values that the rows of one owner have: those of a person, or of a stranger to all of them.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub(super) user_id: String,
    pub(super) values: BTreeMap<String, String>,
}

/// Makes rows, each committed, since the database is this test's own.
pub(super) struct Maker<'a> {
    admin: &'a Connection,
    catalog: &'a Catalog,
    owners: &'a [Owner],
    made: BTreeMap<(i64, usize), std::result::Result<Value, String>>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(admin: &'a Connection, catalog: &'a Catalog, owners: &'a [Owner]) -> Self {
        Self {
            admin,
            catalog,
            owners,
            made: BTreeMap::new(),
        }
    }

    /// Makes a row for each owner. Returns why there is none, if none could be made.
    pub(super) async fn fill(&mut self, relation: &Relation) -> std::result::Result<(), String> {
        let mut reason = None;
        let mut is_made = false;
        for owner in 0..self.owners.len() {
            match self.row(relation, owner, 0).await {
                Ok(_) => is_made = true,
                Err(why) => reason = Some(why),
            }
        }
        if is_made {
            Ok(())
        } else {
            Err(reason.unwrap_or_default())
        }
    }

    /// The row of this owner, made if it is not there.
    fn row<'b>(
        &'b mut self,
        relation: &'b Relation,
        owner: usize,
        depth: usize,
    ) -> BoxFuture<'b, std::result::Result<Value, String>> {
        async move {
            let key = (relation.oid, owner);
            if let Some(known) = self.made.get(&key) {
                return known.clone();
            }
            let row = self.make(relation, owner, depth).await;
            self.made.insert(key, row.clone());
            row
        }
        .boxed()
    }

    async fn make(
        &mut self,
        relation: &Relation,
        owner: usize,
        depth: usize,
    ) -> std::result::Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "the foreign keys of `{}` go round in a circle",
                relation.label()
            ));
        }
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for key in &relation.foreign {
            self.follow(relation, key, owner, depth, &mut values)
                .await?;
        }
        for column in &relation.columns {
            if column.generated || values.contains_key(&column.name) {
                continue;
            }
            if let Some(value) = self.value(relation, column, owner) {
                values.insert(column.name.clone(), value);
            }
        }
        self.insert(relation, &values).await
    }

    /// Sets the columns of a foreign key to those of the owner's row in the other table.
    async fn follow(
        &mut self,
        relation: &Relation,
        key: &ForeignKey,
        owner: usize,
        depth: usize,
        values: &mut BTreeMap<String, String>,
    ) -> std::result::Result<(), String> {
        let is_self = relation.schema == key.schema && relation.name == key.table;
        let columns = key.columns.iter().filter_map(|name| relation.column(name));
        let is_needed = columns.clone().any(|column| column.not_null);
        if is_self && !is_needed
            || columns
                .clone()
                .any(|column| values.contains_key(&column.name))
        {
            return Ok(());
        }
        let target = if is_self {
            None
        } else {
            self.catalog.find(&key.schema, &key.table)
        };
        let Some(target) = target.cloned() else {
            let text = format!(
                "`{}` needs a row of `{}.{}`",
                relation.label(),
                key.schema,
                key.table
            );
            return if is_needed { Err(text) } else { Ok(()) };
        };
        let row = match self.seeded(&target, owner).await {
            Some(row) => row,
            None => match self.row(&target, owner, depth + 1).await {
                Ok(row) => row,
                Err(_) if !is_needed => return Ok(()),
                Err(why) => return Err(why),
            },
        };
        for (column, referenced) in key.columns.iter().zip(&key.references) {
            values.insert(column.clone(), text_of(&row[referenced]));
        }
        Ok(())
    }

    /// A row that the seed has brought: the owner's if one can be told by its values.
    async fn seeded(&self, relation: &Relation, owner: usize) -> Option<Value> {
        if self.made.keys().any(|(oid, _)| *oid == relation.oid) {
            return None;
        }
        let query = format!(
            "select to_jsonb(t)::text from {} t limit 100",
            relation.sql()
        );
        let rows = self.admin.texts(&query).await.ok()?;
        let rows: Vec<Value> = rows
            .iter()
            .filter_map(|row| serde_json::from_str(row).ok())
            .collect();
        let own = &self.owners[owner];
        let is_own = |row: &&Value| {
            let key = relation.key.iter().flatten();
            let is_id = key.clone().any(|name| text_of(&row[name]) == own.user_id);
            let has_value = relation.columns.iter().any(|column| {
                own_value(relation, &column.name, own)
                    .is_some_and(|value| text_of(&row[&column.name]) == *value)
            });
            is_id || has_value
        };
        let found = rows.iter().find(is_own).cloned();
        if found.is_some() || (relation.schema == "auth" && relation.name == "users") {
            return found;
        }
        (!rows.is_empty()).then(|| rows[owner % rows.len()].clone())
    }

    /// The value of a column, or `None` to leave it to its default.
    fn value(&self, relation: &Relation, column: &Column, owner: usize) -> Option<String> {
        let own = &self.owners[owner];
        if relation.schema == "auth" && relation.name == "users" && column.name == "id" {
            return Some(own.user_id.clone());
        }
        if let Some(value) = own_value(relation, &column.name, own) {
            return Some(value.clone());
        }
        if is_user_id(relation, column) {
            return Some(own.user_id.clone());
        }
        if relation.schema == "auth" && relation.name == "users" {
            return signed_up(&column.name, owner);
        }
        if let Some(labels) = choices(relation, column) {
            return Some(labels[owner % labels.len()].clone());
        }
        if column.default.is_some() || column.identity || !column.not_null {
            return None;
        }
        plain_value(column, owner)
    }

    async fn insert(
        &self,
        relation: &Relation,
        values: &BTreeMap<String, String>,
    ) -> std::result::Result<Value, String> {
        let table = relation.sql();
        let names: Vec<String> = values.keys().map(|name| identifier(name)).collect();
        let texts: Vec<String> = values
            .iter()
            .map(|(name, value)| {
                let sql_type = relation
                    .column(name)
                    .map_or("text", |column| &column.sql_type);
                format!("{}::{sql_type}", literal(value))
            })
            .collect();
        let content = if names.is_empty() {
            "default values".to_owned()
        } else {
            format!("({}) values ({})", names.join(", "), texts.join(", "))
        };
        let statement = format!(
            "insert into {table} as t {content} on conflict do nothing returning to_jsonb(t)::text"
        );
        let failed = |error: tokio_postgres::Error| {
            let said = error
                .as_db_error()
                .map_or_else(|| error.to_string(), |error| error.message().to_owned());
            format!("no row of `{}` could be made: {said}", relation.label())
        };
        let parse = |rows: Vec<tokio_postgres::Row>| -> Option<Value> {
            serde_json::from_str(rows.first()?.try_get(0).ok()?).ok()
        };
        if let Some(row) = parse(self.admin.execute(&statement, &[]).await.map_err(failed)?) {
            return Ok(row);
        }
        // A trigger, or a row for the same tenant, was first.
        let same = values.keys().zip(&names).zip(&texts);
        let same = same.filter(|((name, _), _)| relation.key.is_none() || relation.is_key(name));
        let same: Vec<String> = same
            .map(|((_, name), text)| format!("{name} = {text}"))
            .collect();
        let query = format!(
            "select to_jsonb(t)::text from {table} t where {} limit 1",
            if same.is_empty() {
                "true".to_owned()
            } else {
                same.join(" and ")
            }
        );
        let found = parse(self.admin.execute(&query, &[]).await.map_err(failed)?);
        found.ok_or_else(|| format!("a row of `{}` conflicts with another", relation.label()))
    }
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The rows that a resource has in the end.
pub(super) async fn all(
    admin: &Connection,
    from: &str,
    key: &str,
    order: &str,
    limit: usize,
) -> Result<Vec<(String, String)>> {
    let keys = admin
        .texts(&format!(
            "select {key} from {from} order by {order} limit {limit}"
        ))
        .await?;
    let rows = admin
        .texts(&format!(
            "select to_jsonb(t)::text from {from} order by {order} limit {limit}"
        ))
        .await?;
    Ok(keys.into_iter().zip(rows).collect())
}
