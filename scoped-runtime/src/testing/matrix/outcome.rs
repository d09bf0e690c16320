//! What a person may do: the content of a cell.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};

/// What a cell of the matrix tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `SELECT` of every row.
    Select,
    /// `INSERT` of a copy of every row.
    Insert,
    /// `UPDATE` of every row that changes nothing.
    Update,
    /// `UPDATE` that gives a row the values of another row in the columns that the policies read: whether a row
    /// can be handed to another owner or tenant.
    Reassign,
    /// `DELETE` of every row.
    Delete,
    /// A call of a function.
    Call,
}

impl Operation {
    /// The operations on a table, in the order of the columns.
    pub const ON_TABLES: [Self; 5] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Reassign,
        Self::Delete,
    ];

    /// The name in lower case, such as `select`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Reassign => "reassign",
            Self::Delete => "delete",
            Self::Call => "call",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The result of a cell. `Display` writes it as the tables show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// `all of 12`: every row.
    All(usize),
    /// `3 of 12`: some of the rows.
    Some(usize, usize),
    /// `none`: there are rows, and the person reaches none of them.
    None,
    /// `refused by policy`: a `WITH CHECK` refused every row that was reached.
    RefusedByPolicy,
    /// `not granted`: the role lacks the privilege.
    NotGranted,
    /// `constraint`: policies let rows through, and a constraint refused all of them.
    Constraint,
    /// `allowed`: the role may call the function, or the example ran.
    Allowed,
    /// `error 42P17`: PostgreSQL stopped with this SQLSTATE.
    Failed(String),
    /// `untried`: there was nothing to try it with; the reason.
    Untried(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(rows) => write!(f, "all of {rows}"),
            Self::Some(rows, all) => write!(f, "{rows} of {all}"),
            Self::None => f.write_str("none"),
            Self::RefusedByPolicy => f.write_str("refused by policy"),
            Self::NotGranted => f.write_str("not granted"),
            Self::Constraint => f.write_str("constraint"),
            Self::Allowed => f.write_str("allowed"),
            Self::Failed(code) => write!(f, "error {code}"),
            Self::Untried(_) => f.write_str("untried"),
        }
    }
}

/// One cell: what one person may do with one table, bucket, topic or function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub(super) person: String,
    pub(super) resource: String,
    pub(super) operation: Operation,
    pub(super) outcome: Outcome,
    pub(super) rows: Option<BTreeSet<usize>>,
    pub(super) note: Option<String>,
}

impl Cell {
    /// The name of the person.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.person
    }

    /// The table, `bucket receipts`, `topic room:1`, or the function with the types of its arguments.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// What was tried.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The numbers of the rows that the person reached, counted from 1 in the order in which they were inserted;
    /// `None` where they cannot be told apart.
    #[must_use]
    pub fn rows(&self) -> Option<&BTreeSet<usize>> {
        self.rows.as_ref()
    }

    /// What else is to know: the reason of `untried`, the message of PostgreSQL, how many more rows a constraint
    /// refused.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The outcome with the rows, such as `3 of 12: 1-2, 7`.
    pub(super) fn text(&self) -> String {
        match (&self.outcome, &self.rows) {
            (Outcome::Some(..), Some(rows)) => format!("{}: {}", self.outcome, ranges(rows)),
            _ => self.outcome.to_string(),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "person": self.person,
            "resource": self.resource,
            "operation": self.operation.name(),
            "outcome": self.outcome.to_string(),
            "rows": self.rows.as_ref().map(ranges),
            "note": self.note,
        })
    }
}

/// `1-3, 7`.
pub(super) fn ranges(rows: &BTreeSet<usize>) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for &row in rows {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => parts.push((row, row)),
        }
    }
    let shown = parts.iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn rows_are_written_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10].into()), "1-3, 7, 9-10");
        assert_eq!(ranges(&[].into()), "");
    }
}
