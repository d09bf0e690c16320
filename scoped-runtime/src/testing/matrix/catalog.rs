//! What the database itself says about its tables, views, policies and grants.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::connection::Connection;
use super::{STEP, identifier};
use crate::testing::error::{KitError, Result};

/// A table or a view.
#[derive(Deserialize, Debug, Clone)]
pub(super) struct Relation {
    pub(super) oid: i64,
    pub(super) schema: String,
    pub(super) name: String,
    /// The `relkind` of `pg_class`.
    pub(super) kind: String,
    pub(super) rls: bool,
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key.
    pub(super) key: Option<Vec<String>>,
    pub(super) foreign: Vec<ForeignKey>,
    pub(super) checks: Vec<String>,
    pub(super) policies: Vec<Policy>,
}

#[derive(Deserialize, Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    /// The type as SQL; of a domain the type below it.
    #[serde(rename = "type")]
    pub(super) sql_type: String,
    /// The `typcategory` of `pg_type`.
    pub(super) category: String,
    /// The labels of an enum.
    pub(super) labels: Option<Vec<String>>,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) identity: bool,
    /// Whether PostgreSQL refuses a value in an INSERT.
    pub(super) generated: bool,
}

#[derive(Deserialize, Debug, Clone)]
pub(super) struct ForeignKey {
    pub(super) columns: Vec<String>,
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) references: Vec<String>,
}

#[derive(Deserialize, Debug, Clone)]
pub(super) struct Policy {
    pub(super) name: String,
    /// The `polcmd` of `pg_policy`: `r`, `a`, `w`, `d`, or `*` for all.
    pub(super) command: String,
    pub(super) permissive: bool,
    pub(super) roles: Vec<String>,
    pub(super) using: Option<String>,
    pub(super) check: Option<String>,
    /// The columns of its own table that it reads.
    pub(super) columns: Vec<String>,
    /// The project's own functions that it calls.
    pub(super) functions: Vec<i64>,
}

/// What a role may do with a relation by GRANT alone.
#[derive(Deserialize, Debug, Clone)]
pub(super) struct Privileges {
    role: String,
    oid: i64,
    /// Whether it may use the schema.
    pub(super) usage: bool,
    pub(super) delete: bool,
    /// Whether it may read the whole table, system columns included.
    pub(super) whole: bool,
    pub(super) select: Vec<String>,
    pub(super) insert: Vec<String>,
    pub(super) update: Vec<String>,
}

#[derive(Deserialize, Debug, Clone)]
pub(super) struct Function {
    /// The name with the types of its arguments.
    pub(super) name: String,
    /// Whether it is `security definer`.
    pub(super) definer: bool,
    /// The roles that may call it.
    pub(super) roles: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) relations: Vec<Relation>,
    pub(super) functions: Vec<Function>,
    pub(super) buckets: Vec<String>,
    privileges: BTreeMap<(String, i64), Privileges>,
}

impl Catalog {
    pub(super) async fn read(
        admin: &Connection,
        schemas: &[String],
        roles: &BTreeSet<&'static str>,
    ) -> Result<Self> {
        let roles: Vec<&str> = roles.iter().copied().collect();
        let known = admin
            .texts("select rolname from pg_catalog.pg_roles")
            .await?;
        if let Some(role) = roles
            .iter()
            .find(|role| !known.iter().any(|known| known == *role))
        {
            let cause = format!("the database has no role `{role}`");
            return Err(KitError::new(STEP, cause)
                .remedy("create it in a migration, or correct the person's role"));
        }
        let relations: Vec<Relation> = admin.json(include_str!("catalog.sql"), &[&schemas]).await?;
        let oids: Vec<i64> = relations.iter().map(|relation| relation.oid).collect();
        let privileges: Vec<Privileges> = admin
            .json(include_str!("privileges.sql"), &[&roles, &oids])
            .await?;
        let functions = admin
            .json(include_str!("functions.sql"), &[&schemas, &roles])
            .await?;
        let buckets = "select id from storage.buckets order by id";
        Ok(Self {
            relations,
            functions,
            buckets: admin.texts(buckets).await?,
            privileges: privileges
                .into_iter()
                .map(|privileges| ((privileges.role.clone(), privileges.oid), privileges))
                .collect(),
        })
    }

    pub(super) fn find(&self, schema: &str, name: &str) -> Option<&Relation> {
        let is_it = |relation: &&Relation| relation.schema == schema && relation.name == name;
        self.relations.iter().find(is_it)
    }

    pub(super) fn privileges(&self, role: &str, relation: &Relation) -> Option<&Privileges> {
        self.privileges.get(&(role.to_owned(), relation.oid))
    }
}

impl Function {
    /// The name as the matrix shows it.
    pub(super) fn label(&self) -> String {
        let how = if self.definer {
            ", security definer"
        } else {
            ""
        };
        format!("function {}{how}", self.name)
    }
}

impl Relation {
    /// The quoted name with its schema.
    pub(super) fn sql(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.name))
    }

    /// The name as people write it: without `public`.
    pub(super) fn label(&self) -> String {
        match self.schema.as_str() {
            "public" => self.name.clone(),
            schema => format!("{schema}.{}", self.name),
        }
    }

    pub(super) fn is_view(&self) -> bool {
        ["v", "m"].contains(&self.kind.as_str())
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(super) fn is_key(&self, column: &str) -> bool {
        self.key.iter().flatten().any(|name| name == column)
    }

    /// The columns that its policies read: those that decide whose row it is.
    pub(super) fn policy_columns(&self) -> BTreeSet<&str> {
        let columns = self.policies.iter().flat_map(|policy| &policy.columns);
        columns.map(String::as_str).collect()
    }
}
