use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::rest::FilterValue;

/// Which changes of which rows a channel gets; see
/// <https://supabase.com/docs/guides/realtime/postgres-changes>.
///
/// The table has to be in the publication `supabase_realtime`. The user gets only rows that the table's
/// policies let them read, and the primary keys of deleted rows.
///
/// ```
/// use scoped_runtime::realtime::Change;
///
/// let change = Change::insert().schema("public").table("notes").filter("state=eq.open");
/// # let _ = change;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "pass it to `postgres_changes` of a channel"]
pub struct Change {
    event: &'static str,
    schema: String,
    table: Option<String>,
    conditions: Vec<Result<String, &'static str>>,
}

/// The operators of the server.
const OPERATORS: [&str; 13] = [
    "eq",
    "neq",
    "lt",
    "lte",
    "gt",
    "gte",
    "in",
    "like",
    "ilike",
    "is",
    "match",
    "imatch",
    "isdistinct",
];
/// The longest filter of one table, in bytes.
const MAX_FILTER: usize = 4096;

impl Change {
    fn new(event: &'static str) -> Self {
        Self {
            event,
            schema: "public".to_owned(),
            table: None,
            conditions: Vec::new(),
        }
    }

    /// Rows that are inserted, of all tables of the schema `public` until [`table`](Self::table) and
    /// [`schema`](Self::schema) say otherwise.
    pub fn insert() -> Self {
        Self::new("INSERT")
    }

    /// Rows that are changed.
    pub fn update() -> Self {
        Self::new("UPDATE")
    }

    /// Rows that are deleted.
    pub fn delete() -> Self {
        Self::new("DELETE")
    }

    /// Rows that are inserted, changed or deleted.
    pub fn all() -> Self {
        Self::new("*")
    }

    /// The schema of the table; `public` by default.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// The table.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = Some(name.into());
        self
    }

    /// A condition `column=operator.value`, as the server reads it: `state=eq.open`, `id=in.(1,2,3)`, `n=not.lt.5`.
    /// All conditions have to hold.
    ///
    /// A value from outside belongs into [`eq`](Self::eq), which checks it.
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        let condition = condition.into();
        let is_known = condition.split_once('=').is_some_and(|(column, test)| {
            let test = test.strip_prefix("not.").unwrap_or(test);
            let operator = test.split_once('.').map(|(operator, _)| operator);
            !column.is_empty() && operator.is_some_and(|operator| OPERATORS.contains(&operator))
        });
        self.conditions.push(if is_known {
            Ok(condition)
        } else {
            Err("is not `column=operator.value`")
        });
        self
    }

    /// The condition that a column has this value. A text with a comma is refused when the channel is subscribed: the
    /// server reads a comma as the end of the condition.
    pub fn eq(mut self, column: impl AsRef<str>, value: impl FilterValue) -> Self {
        let column = column.as_ref();
        let mut condition = format!("{column}=eq.");
        value.append_to(&mut condition);
        let is_name = !column.is_empty() && !column.contains(['=', ',', '.']);
        self.conditions.push(if !is_name {
            Err("has a column whose name is empty or has `=`, `,` or `.`")
        } else if condition.contains(',') {
            Err("compares with a text that has a comma")
        } else {
            Ok(condition)
        });
        self
    }

    /// The binding as the join names it.
    pub(super) fn to_json(&self) -> Result<Value, ClientError> {
        let invalid = |what: String, remedy| ClientError::InvalidQuery { what, remedy };
        let mut binding = Map::new();
        binding.insert("event".to_owned(), json!(self.event));
        binding.insert("schema".to_owned(), json!(self.schema));
        if let Some(table) = &self.table {
            binding.insert("table".to_owned(), json!(table));
        }
        let conditions: Result<Vec<_>, _> = self.conditions.iter().cloned().collect();
        let conditions = conditions.map_err(|reason| {
            invalid(
                format!("a filter of Postgres changes {reason}"),
                "write it as `state=eq.open`; a value with a comma cannot be compared",
            )
        })?;
        if conditions.is_empty() {
            return Ok(binding.into());
        }
        if self.table.is_none() {
            return Err(invalid(
                "a filter of Postgres changes has no table".to_owned(),
                "name it with `table`",
            ));
        }
        let filter = conditions.join(",");
        if filter.len() > MAX_FILTER {
            return Err(invalid(
                format!("a filter of Postgres changes has more than {MAX_FILTER} bytes"),
                "filter what arrives",
            ));
        }
        binding.insert("filter".to_owned(), filter.into());
        Ok(binding.into())
    }
}
