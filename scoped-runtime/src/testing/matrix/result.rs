//! What was tried, and what came of it.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::assertion::PersonAccess;
use super::connection::Connection;
use super::mutants::MutantReport;
use super::outcome::{Cell, Operation};
use super::person::Person;
use super::trial::Plan;
use super::{page, table};
use crate::testing::postgres::Postgres;

/// The result of an [`RlsMatrix`](super::RlsMatrix): what each person may do with each table.
///
/// `Display` writes tables for a terminal. [`markdown`](Self::markdown) is for a file in review, [`json`](Self::json)
/// for programs, and [`html`](Self::html) is one page that needs nothing else.
pub struct Matrix<'a> {
    pub(super) postgres: &'a Postgres,
    pub(super) admin: Connection,
    pub(super) people: Vec<Person>,
    pub(super) plan: Plan,
    pub(super) cells: Vec<Cell>,
}

impl Matrix<'_> {
    /// All cells: person by person, table by table.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The cells that could not be tried, with the reason in the [`Outcome`](super::Outcome::Untried).
    pub fn untried(&self) -> impl Iterator<Item = &Cell> {
        let is_untried = |cell: &&Cell| matches!(cell.outcome, super::Outcome::Untried(_));
        self.cells.iter().filter(is_untried)
    }

    /// The cell of a person, an operation and a table: its name, with the schema unless it is `public`;
    /// `bucket receipts`, `topic room:1`, `call sum_of`.
    #[must_use]
    pub fn cell(&self, person: &str, operation: Operation, resource: &str) -> Option<&Cell> {
        let is_it = |cell: &&Cell| {
            cell.person == person && cell.operation == operation && cell.resource == resource
        };
        self.cells.iter().find(is_it)
    }

    /// The cells of a person, for assertions that read like a sentence.
    ///
    /// # Panics
    /// If no person has this name; the message has the names.
    #[track_caller]
    #[must_use]
    pub fn person(&self, name: &str) -> PersonAccess<'_> {
        let names: Vec<&str> = self.people.iter().map(Person::name).collect();
        assert!(
            names.contains(&name),
            "no person `{name}`; there are {}",
            names.join(", ")
        );
        PersonAccess {
            matrix: self,
            name: name.to_owned(),
        }
    }

    pub(super) fn people(&self) -> Vec<&str> {
        self.people.iter().map(Person::name).collect()
    }

    /// The tables, views, buckets, topics and functions, in their order.
    pub(super) fn resources(&self) -> Vec<&str> {
        let mut resources: Vec<&str> = Vec::new();
        for cell in &self.cells {
            if !resources.contains(&&*cell.resource) {
                resources.push(&cell.resource);
            }
        }
        resources
    }

    /// The matrix as Markdown: a table for each resource, with a row for each person.
    #[must_use]
    pub fn markdown(&self) -> String {
        table::markdown(self)
    }

    /// The matrix as JSON: the people, the cells, and the rows by their numbers.
    #[must_use]
    pub fn json(&self) -> String {
        let cells: Vec<_> = self.cells.iter().map(Cell::json).collect();
        let people: Vec<_> = self
            .people
            .iter()
            .map(|person| json!({ "name": person.name(), "role": person.role() }))
            .collect();
        let value = json!({ "people": people, "cells": cells });
        serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
    }

    /// The matrix as one HTML page, without scripts and without anything from elsewhere.
    #[must_use]
    pub fn html(&self) -> String {
        page::html(self, None)
    }

    /// [`html`](Self::html) with the list of mutants below.
    #[must_use]
    pub fn html_with(&self, mutants: &MutantReport) -> String {
        page::html(self, Some(mutants))
    }

    /// Asserts that the matrix is what the file says. The end of its name tells the form: `.md`, `.json` or
    /// `.html`. With the environment variable `UPDATE=1` the file is written instead, so that a migration that opens a
    /// door is a change in review. A relative path begins at the package's `Cargo.toml`.
    ///
    /// # Panics
    /// If the file is another one, or there is none; the message has the lines that differ.
    #[track_caller]
    pub fn assert_file(&self, path: impl AsRef<Path>) {
        let path = package().join(path);
        let text = match path.extension().and_then(|end| end.to_str()) {
            Some("json") => self.json(),
            Some("html") => self.html(),
            _ => self.markdown(),
        };
        compare(&path, &text);
    }
}

#[track_caller]
pub(super) fn compare(path: &Path, text: &str) {
    let shown = path.display();
    if env::var_os("UPDATE").is_some_and(|update| update == "1") {
        let written = fs::write(path, text);
        assert!(written.is_ok(), "{shown} cannot be written: {written:?}");
        return;
    }
    let expected = fs::read_to_string(path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if expected == text {
        return;
    }
    let removed = expected
        .lines()
        .filter(|line| !text.lines().any(|other| other == *line));
    let added = text
        .lines()
        .filter(|line| !expected.lines().any(|other| other == *line));
    let lines = removed
        .map(|line| format!("- {line}\n"))
        .chain(added.map(|line| format!("+ {line}\n")));
    let lines: String = lines.collect();
    panic!("{shown} says something else; review it, and write it with UPDATE=1\n{lines}");
}

/// The folder of the package whose test runs.
pub(super) fn package() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from)
}

/// Writes a table for each resource.
impl fmt::Display for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&table::terminal(self))
    }
}

impl fmt::Debug for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matrix")
            .field("people", &self.people())
            .field("cells", &self.cells.len())
            .finish_non_exhaustive()
    }
}
