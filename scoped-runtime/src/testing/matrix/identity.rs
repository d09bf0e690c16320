//! The one place where a cell becomes a person: a transaction of the application's own direct Postgres.

use super::STEP;
use super::connection::in_order;
use super::person::Person;
use crate::error::{Error, PostgresError};
use crate::postgres::Statement;
use crate::testing::error::{KitError, Result};

/// The number of statements that are sent before the first answer is read.
const PIPELINE: usize = 256;

/// A statement that is tried, with what must be set before it.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) before: Option<String>,
    pub(super) statement: String,
    /// Whether the rows have one column of text, which the answer needs.
    pub(super) has_texts: bool,
}

/// The answer to one statement: the texts of its rows, and the number of rows that it read or changed.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) texts: Vec<String>,
    pub(super) count: u64,
}

/// Tries the statements one after the other as this person, each in a savepoint that is rolled back, in one
/// transaction that is rolled back too.
pub(super) async fn try_as(
    person: &Person,
    attempts: &[Attempt],
) -> Result<Vec<std::result::Result<Answer, PostgresError>>> {
    let failed = |error: Error| {
        KitError::new(STEP, format!("person `{}`: {error}", person.name())).caused_by(error)
    };
    let transaction = person.begin().await.map_err(failed)?;
    // Each with whether it is an attempt.
    let mut statements: Vec<(&str, bool)> = Vec::new();
    for Attempt {
        before, statement, ..
    } in attempts
    {
        statements.push(("savepoint cell", false));
        statements.extend(before.as_deref().map(|before| (before, false)));
        statements.push((statement, true));
        statements.push(("rollback to savepoint cell", false));
        statements.push(("release savepoint cell", false));
    }
    let mut answers = Vec::with_capacity(attempts.len());
    for part in statements.chunks(PIPELINE) {
        let running = part
            .iter()
            .map(|(text, _)| Box::pin(transaction.run_statement(Statement::Typed(text, &[]))));
        for (answer, (_, is_attempt)) in in_order(running.collect()).await.into_iter().zip(part) {
            if *is_attempt {
                let has_texts = attempts[answers.len()].has_texts;
                answers.push(match answer {
                    Ok(answer) => {
                        let rows = answer.rows.iter().filter(|_| has_texts);
                        let texts = rows.filter_map(|row| row.try_get::<_, String>(0).ok());
                        Ok(Answer {
                            texts: texts.collect(),
                            count: answer.affected,
                        })
                    }
                    Err(Error::Postgres(error)) => Err(error),
                    Err(error) => return Err(failed(error)),
                });
            }
        }
    }
    transaction.rollback().await;
    Ok(answers)
}
