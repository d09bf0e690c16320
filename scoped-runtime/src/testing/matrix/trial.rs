//! Tries the cells of a matrix, and reads the answers.

use std::collections::BTreeSet;

use super::catalog::Catalog;
use super::identity::{Answer, Attempt, try_as};
use super::outcome::{Cell, Operation, Outcome};
use super::person::Person;
use super::resource::{About, Resource};
use crate::error::PostgresError;
use crate::testing::error::Result;

/// An example of a call: the name that the matrix shows, and the SQL.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) name: String,
    pub(super) sql: String,
}

/// Everything that is tried, as each of the people.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) catalog: Catalog,
    pub(super) resources: Vec<Resource>,
    pub(super) calls: Vec<Example>,
}

impl Plan {
    /// Tries every cell of one person.
    pub(super) async fn try_person(&self, person: &Person) -> Result<Vec<Cell>> {
        self.try_some(person, |_| true, |_| true).await
    }

    /// Tries the cells of one person that are wanted: those of resources, and calls. Whether a function may be called
    /// is said with the calls.
    pub(super) async fn try_some(
        &self,
        person: &Person,
        is_wanted: impl Fn(&Resource) -> bool,
        is_wanted_call: impl Fn(&Example) -> bool,
    ) -> Result<Vec<Cell>> {
        let mut cells = Vec::new();
        let mut attempts: Vec<Attempt> = Vec::new();
        // The place of a cell, and of its answers.
        let mut waiting = Vec::new();
        for resource in self.resources.iter().filter(|resource| is_wanted(resource)) {
            for &operation in resource.operations() {
                let cell = |outcome| Cell {
                    person: person.name().to_owned(),
                    resource: resource.label.clone(),
                    operation,
                    outcome,
                    rows: None,
                    note: None,
                };
                let privileges = self.catalog.privileges(person.role(), &resource.relation);
                let trial = privileges.and_then(|privileges| resource.trial(operation, privileges));
                let Some(trial) = trial else {
                    let has_nothing_to_change = operation == Operation::Reassign
                        && resource.relation.policy_columns().is_empty();
                    cells.push(cell(if has_nothing_to_change {
                        Outcome::Untried("no policy reads a column of it".to_owned())
                    } else {
                        Outcome::NotGranted
                    }));
                    continue;
                };
                if resource.rows.is_empty() {
                    let reason = resource.reason.clone();
                    cells.push(cell(Outcome::Untried(
                        reason.unwrap_or_else(|| "there is no row to try".to_owned()),
                    )));
                    continue;
                }
                if trial.attempts.is_empty() {
                    cells.push(cell(Outcome::Untried("all rows have one owner".to_owned())));
                    continue;
                }
                waiting.push((cells.len(), resource, trial.about, attempts.len()));
                cells.push(cell(Outcome::None));
                attempts.extend(trial.attempts);
            }
        }
        let first_call = attempts.len();
        let tried: Vec<&Example> = self
            .calls
            .iter()
            .filter(|call| is_wanted_call(call))
            .collect();
        attempts.extend(tried.iter().map(|call| Attempt {
            before: None,
            statement: call.sql.clone(),
            has_texts: false,
        }));
        if attempts.is_empty() {
            self.add_calls(person, &tried, &[], &mut cells);
            return Ok(cells);
        }
        let answers = try_as(person, &attempts).await?;
        for (place, resource, about, first) in waiting {
            let answers = &answers[first..first + about.len()];
            // The cell before that of `reassign` is that of `update`.
            let updated = place
                .checked_sub(1)
                .and_then(|before| cells[before].rows.clone());
            read(
                &mut cells[place],
                resource,
                &about,
                answers,
                updated.as_ref(),
            );
        }
        self.add_calls(person, &tried, &answers[first_call..], &mut cells);
        Ok(cells)
    }

    fn add_calls(
        &self,
        person: &Person,
        tried: &[&Example],
        answers: &[std::result::Result<Answer, PostgresError>],
        cells: &mut Vec<Cell>,
    ) {
        let cell = |resource: &str, outcome, note| Cell {
            person: person.name().to_owned(),
            resource: resource.to_owned(),
            operation: Operation::Call,
            outcome,
            rows: None,
            note,
        };
        for function in &self.catalog.functions {
            let is_granted = function.roles.contains(person.role());
            let outcome = if is_granted {
                Outcome::Allowed
            } else {
                Outcome::NotGranted
            };
            cells.push(cell(&function.label(), outcome, None));
        }
        for (call, answer) in tried.iter().zip(answers) {
            cells.push(match answer {
                Ok(_) => cell(&call.name, Outcome::Allowed, None),
                Err(error) => {
                    let (status, note) = Status::of_error(error);
                    let outcome = match status {
                        Status::NotGranted => Outcome::NotGranted,
                        Status::Refused => Outcome::RefusedByPolicy,
                        Status::Constraint => Outcome::Constraint,
                        Status::Failed(code) => Outcome::Failed(code),
                    };
                    cell(&call.name, outcome, note)
                }
            });
        }
    }
}

/// Why a statement failed.
enum Status {
    Refused,
    NotGranted,
    Constraint,
    Failed(String),
}

impl Status {
    fn of_error(error: &PostgresError) -> (Self, Option<String>) {
        let Some(said) = error.database() else {
            return (
                Self::Failed("connection".to_owned()),
                Some(error.to_string()),
            );
        };
        let status = match said.code() {
            _ if error.is_rls_denied() => Self::Refused,
            _ if error.is_grant_missing() => Self::NotGranted,
            code if code.starts_with("23") => Self::Constraint,
            code => Self::Failed(code.to_owned()),
        };
        (status, Some(said.message().to_owned()))
    }
}

/// Turns the answers of a cell into its outcome.
fn read(
    cell: &mut Cell,
    resource: &Resource,
    about: &[About],
    answers: &[std::result::Result<Answer, PostgresError>],
    updated: Option<&BTreeSet<usize>>,
) {
    let all = resource.rows.len();
    let mut reached = BTreeSet::new();
    let mut constrained = BTreeSet::new();
    let (mut counted, mut is_counted, mut is_refused, mut is_denied) =
        (0_usize, false, false, false);
    let mut is_constrained = false;
    let mut failed: Option<(String, Option<String>)> = None;
    for (about, answer) in about.iter().zip(answers) {
        match (about, answer) {
            (About::Keys, Ok(answer)) => {
                reached.extend(answer.texts.iter().filter_map(|key| resource.number(key)));
            }
            (About::Count, Ok(answer)) => {
                let is_select = cell.operation == Operation::Select;
                let number = if is_select {
                    answer.texts.first().and_then(|text| text.parse().ok())
                } else {
                    None
                };
                counted = number
                    .unwrap_or(answer.count)
                    .try_into()
                    .unwrap_or(usize::MAX)
                    .min(all);
                is_counted = true;
            }
            (About::Given(same), Ok(answer)) => {
                let same = updated.map_or(same.len(), |updated| same.intersection(updated).count());
                let count = usize::try_from(answer.count).unwrap_or(usize::MAX).min(all);
                counted = counted.max(count.saturating_sub(same));
                is_counted = true;
            }
            (About::Row(number), Ok(answer)) => {
                if answer.count > 0 {
                    reached.insert(*number);
                }
            }
            (about, Err(error)) => match Status::of_error(error) {
                (Status::Refused, _) => is_refused = true,
                (Status::NotGranted, note) => {
                    is_denied = true;
                    cell.note = cell.note.take().or(note);
                }
                // A copy can only be refused as a second one after the policies have let it through.
                (Status::Constraint, _)
                    if cell.operation == Operation::Insert && error.code() == Some("23505") =>
                {
                    if let About::Row(number) = about {
                        reached.insert(*number);
                    }
                }
                (Status::Constraint, note) => {
                    if let About::Row(number) = about {
                        constrained.insert(*number);
                    }
                    is_constrained = true;
                    cell.note = cell.note.take().or(note);
                }
                // A statement about all rows at once fails for one of them, which is asked by itself too.
                (Status::Failed(_), _) if !matches!(about, About::Row(_)) && answers.len() > 1 => {}
                (Status::Failed(code), note) => failed = failed.or(Some((code, note))),
            },
        }
    }
    let more = constrained.difference(&reached).count();
    if counted > reached.len() {
        cell.rows = None;
        cell.note = Some("by a statement that reads no column".to_owned());
    } else if !is_counted || !reached.is_empty() {
        cell.rows = Some(reached.clone());
    }
    let number = reached.len().max(counted);
    cell.outcome = match number {
        0 if is_constrained => Outcome::Constraint,
        0 if failed.is_some() => {
            let (code, note) = failed.unwrap_or_default();
            cell.note = note;
            Outcome::Failed(code)
        }
        0 if is_refused => Outcome::RefusedByPolicy,
        0 if is_denied => Outcome::NotGranted,
        0 => Outcome::None,
        number if number == all => Outcome::All(all),
        number => Outcome::Some(number, all),
    };
    if number > 0 && counted <= reached.len() {
        cell.note = None;
    }
    if number > 0 && more > 0 {
        cell.note = Some(format!(
            "a constraint refused {more} more, which the policies let through"
        ));
    }
}
