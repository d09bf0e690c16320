//! The matrix as text: for a terminal, and as Markdown.

use std::fmt::Write as _;

use super::outcome::{Cell, Operation, Outcome};
use super::result::Matrix;

/// A table of texts, whose first row is its head.
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) notes: Vec<String>,
}

/// A table for each resource, and one for all functions.
pub(super) fn grids(matrix: &Matrix<'_>) -> Vec<Grid> {
    let is_call = |resource: &str| {
        matrix
            .cells()
            .iter()
            .any(|cell| cell.resource == resource && cell.operation == Operation::Call)
    };
    let (calls, tables): (Vec<&str>, Vec<&str>) = matrix
        .resources()
        .into_iter()
        .partition(|resource| is_call(resource));
    let mut grids: Vec<Grid> = tables
        .into_iter()
        .map(|resource| of_table(matrix, resource))
        .collect();
    if !calls.is_empty() {
        grids.push(of_calls(matrix, &calls));
    }
    grids
}

fn of_table(matrix: &Matrix<'_>, resource: &str) -> Grid {
    let of_it = || {
        matrix
            .cells()
            .iter()
            .filter(|cell| cell.resource == resource)
    };
    let operations = Operation::ON_TABLES
        .into_iter()
        .filter(|operation| of_it().any(|cell| cell.operation == *operation));
    let operations: Vec<Operation> = operations.collect();
    let mut head = vec![String::new()];
    head.extend(
        operations
            .iter()
            .map(|operation| operation.name().to_owned()),
    );
    let mut rows = vec![head];
    for person in matrix.people() {
        let mut row = vec![person.to_owned()];
        let text =
            |operation: &Operation| matrix.cell(person, *operation, resource).map(Cell::text);
        row.extend(
            operations
                .iter()
                .map(|operation| text(operation).unwrap_or_default()),
        );
        rows.push(row);
    }
    Grid {
        title: resource.to_owned(),
        rows,
        notes: notes(of_it()),
    }
}

fn of_calls(matrix: &Matrix<'_>, calls: &[&str]) -> Grid {
    let mut head = vec![String::new()];
    head.extend(matrix.people().into_iter().map(str::to_owned));
    let mut rows = vec![head];
    for call in calls {
        let mut row = vec![call.strip_prefix("function ").unwrap_or(call).to_owned()];
        let text = |person: &str| matrix.cell(person, Operation::Call, call).map(Cell::text);
        row.extend(
            matrix
                .people()
                .into_iter()
                .map(|person| text(person).unwrap_or_default()),
        );
        rows.push(row);
    }
    Grid {
        title: "functions".to_owned(),
        rows,
        notes: Vec::new(),
    }
}

/// The reasons of what was not tried or failed, each once.
fn notes<'c>(cells: impl Iterator<Item = &'c Cell>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for cell in cells {
        let text = match (&cell.outcome, &cell.note) {
            (Outcome::Untried(reason), _) => {
                format!("{}: untried, because {reason}", cell.operation)
            }
            (Outcome::Failed(code), Some(note)) => {
                format!("{}: error {code}, {note}", cell.operation)
            }
            (_, Some(note)) => {
                format!("{}, {}: {note}", cell.person, cell.operation)
            }
            _ => continue,
        };
        if !notes.contains(&text) {
            notes.push(text);
        }
    }
    notes
}

pub(super) fn terminal(matrix: &Matrix<'_>) -> String {
    let mut text = String::new();
    for grid in grids(matrix) {
        let _ = writeln!(text, "{}", grid.title);
        let widths = widths(&grid.rows, 0);
        for row in &grid.rows {
            let _ = writeln!(text, "  {}", padded(row, &widths, "  ").trim_end());
        }
        for note in &grid.notes {
            let _ = writeln!(text, "  ({note})");
        }
        text.push('\n');
    }
    text
}

pub(super) fn markdown(matrix: &Matrix<'_>) -> String {
    let mut text = String::from(
        "# Who may do what\n\nEach cell was tried as that person. Rows are numbered in the order in which they were inserted.\n",
    );
    for grid in grids(matrix) {
        let _ = writeln!(text, "\n## {}\n", grid.title);
        let rows: Vec<Vec<String>> = grid
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| cell.replace('|', "\\|")).collect())
            .collect();
        let widths = widths(&rows, OUTCOME);
        for (place, row) in rows.iter().enumerate() {
            let _ = writeln!(text, "| {} |", padded(row, &widths, " | "));
            if place == 0 {
                let line: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                let _ = writeln!(text, "| {} |", line.join(" | "));
            }
        }
        for (place, note) in grid.notes.iter().enumerate() {
            let before = if place == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{before}- {note}");
        }
    }
    text
}

/// The width of the longest outcome without rows. Columns of this width keep a diff to the lines that say something
/// else.
const OUTCOME: usize = "refused by policy".len();

fn widths(rows: &[Vec<String>], least: usize) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        let least = if column == 0 { 0 } else { least };
        widths.max().unwrap_or_default().max(least)
    };
    (0..columns).map(width).collect()
}

fn padded(row: &[String], widths: &[usize], between: &str) -> String {
    let cells = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"));
    cells.collect::<Vec<_>>().join(between)
}
