//! The one place where a cell becomes a person.

use tokio_postgres::Error;

use super::connection::{Answer, Connection};
use super::person::Person;
use super::{STEP, literal};
use crate::testing::error::Result;
use crate::testing::postgres::refused;

/// A statement that is tried, with what must be set before it.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) before: Option<String>,
    pub(super) statement: String,
}

/// Tries the statements one after the other as this person, each in a savepoint that is rolled back, in one
/// transaction on the login role of the application. Role and claims are set as direct Postgres sets them.
pub(super) async fn try_as(
    application: &Connection,
    person: &Person,
    attempts: &[Attempt],
) -> Result<Vec<std::result::Result<Answer, Error>>> {
    let enter = format!(
        "select pg_catalog.set_config('role', {}, true), pg_catalog.set_config('request.jwt.claims', {}, true), \
         pg_catalog.set_config('statement_timeout', '10s', true)",
        literal(person.role()),
        literal(person.claims_json()),
    );
    let mut statements = vec!["begin".to_owned(), enter];
    for Attempt { before, statement } in attempts {
        let before = before.as_deref().map(|before| format!("{before};"));
        let before = before.unwrap_or_default();
        statements.push(format!("savepoint cell;{before}{statement}"));
        statements.push("rollback to savepoint cell; release savepoint cell".to_owned());
    }
    statements.push("rollback".to_owned());
    let mut answers = application.pipelined(&statements).await.into_iter();
    // Without its identity no statement counts.
    for _ in 0..2 {
        if let Some(Err(error)) = answers.next() {
            return Err(refused(STEP, error));
        }
    }
    Ok(answers.step_by(2).take(attempts.len()).collect())
}
