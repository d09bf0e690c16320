//! Assertions about single cells.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::outcome::{Cell, Operation, Outcome, ranges};
use super::result::Matrix;

/// What one person of a [`Matrix`] may do. Its methods are assertions for tests.
#[derive(Debug)]
pub struct PersonAccess<'m> {
    pub(super) matrix: &'m Matrix<'m>,
    pub(super) name: String,
}

/// A cell in which the person reaches rows; the assertions say which.
#[derive(Debug)]
#[must_use = "say which rows: `all`, `rows` or `only`"]
pub struct Reached<'m> {
    matrix: &'m Matrix<'m>,
    cell: &'m Cell,
}

impl<'m> PersonAccess<'m> {
    /// Asserts that the person reaches at least one row.
    ///
    /// # Panics
    /// If the person reaches none, or the cell was not tried.
    #[track_caller]
    pub fn can(&self, operation: Operation, resource: &str) -> Reached<'m> {
        let cell = self.tried(operation, resource);
        let reaches = matches!(
            cell.outcome,
            Outcome::All(_) | Outcome::Some(..) | Outcome::Allowed
        );
        assert!(
            reaches,
            "{} can {operation} {resource}: {}",
            self.name,
            said(cell)
        );
        Reached {
            matrix: self.matrix,
            cell,
        }
    }

    /// Asserts that the person reaches no row, for whatever reason: no policy lets them, a `WITH CHECK` refuses, or the
    /// privilege is missing. A constraint is no such reason.
    ///
    /// # Panics
    /// If the person reaches a row, or the cell was not tried.
    #[track_caller]
    pub fn cannot(&self, operation: Operation, resource: &str) {
        let cell = self.tried(operation, resource);
        let is_refused = matches!(
            cell.outcome,
            Outcome::None | Outcome::RefusedByPolicy | Outcome::NotGranted
        );
        assert!(
            is_refused,
            "{} cannot {operation} {resource}: {}",
            self.name,
            said(cell)
        );
    }

    #[track_caller]
    fn tried(&self, operation: Operation, resource: &str) -> &'m Cell {
        let resources = || self.matrix.resources().join(", ");
        let cell = self.matrix.cell(&self.name, operation, resource);
        let Some(cell) = cell else {
            panic!(
                "no cell for {operation} on `{resource}`; there are {}",
                resources()
            )
        };
        if let Outcome::Untried(reason) = &cell.outcome {
            panic!("{operation} on `{resource}` was not tried: {reason}");
        }
        cell
    }
}

impl Reached<'_> {
    /// Asserts that the person reaches every row.
    ///
    /// # Panics
    /// If a row is out of reach.
    #[track_caller]
    pub fn all(self) {
        assert!(
            matches!(self.cell.outcome, Outcome::All(_)),
            "every row: {}",
            said(self.cell)
        );
    }

    /// Asserts the number of rows.
    ///
    /// # Panics
    /// If the person reaches another number of rows.
    #[track_caller]
    pub fn rows(self, number: usize) {
        let reached = match self.cell.outcome {
            Outcome::All(rows) | Outcome::Some(rows, _) => rows,
            _ => 0,
        };
        assert!(reached == number, "{number} rows: {}", said(self.cell));
    }

    /// Asserts that the person reaches exactly the rows of which this SQL condition is true, asked as a superuser;
    /// the table is `t`.
    ///
    /// # Panics
    /// If the rows are others, cannot be told apart, or PostgreSQL refuses the condition.
    pub async fn only(self, condition: &str) {
        let resource = self
            .matrix
            .plan
            .resources
            .iter()
            .find(|resource| resource.label == self.cell.resource);
        let Some(resource) = resource else {
            panic!("`{}` has no rows", self.cell.resource)
        };
        let wanted = resource.rows_where(&self.matrix.admin, condition).await;
        let wanted: BTreeSet<usize> =
            wanted.unwrap_or_else(|error| panic!("`{condition}`: {error}"));
        assert!(
            self.cell.rows.as_ref() == Some(&wanted),
            "{} can {} only the rows {} of {} (where {condition}): {}",
            self.cell.person,
            self.cell.operation,
            ranges(&wanted),
            self.cell.resource,
            said(self.cell)
        );
    }
}

fn said(cell: &Cell) -> String {
    let mut text = format!("the matrix says `{}`", cell.text());
    if let Some(note) = &cell.note {
        let _ = write!(text, " ({note})");
    }
    text
}
