//! On the local server, random queries find the rows that SQL finds for the same role and claims.
//!
//! Each query is asked three times: of the server; in SQL that is made from what was written; and in SQL
//! that is made from the request that arrives at a recorder, as the model of PostgREST reads it. The third
//! stands in for PostgREST where the local server differs from it.

mod comparison;
mod lite;
mod oracle;
mod rows;
mod said;
mod sample;
mod values;
mod wire;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use scoped_runtime::{ScopedClient, ScopedClients};
use scoped_tests::LocalSupabase;
use serde::Deserialize;
use serde_json::Value;

use self::oracle::Oracle;
use self::sample::Sample;
use crate::grammar::{Key, Request, Step};
use crate::project::Project;
use crate::wrong::Wrong;
use scoped_tests::Random;

/// How many queries are asked of the server.
const QUERIES: usize = 500;

const ALICE: &str = "00000000-0000-4000-8000-0000000000a1";
const BOB: &str = "00000000-0000-4000-8000-0000000000b2";
/// A user without rows.
const CAROL: &str = "00000000-0000-4000-8000-0000000000c3";

#[derive(Debug, Deserialize)]
struct Row {
    id: i64,
}

/// The rows, or the code of the error.
type Outcome = Result<Vec<i64>, String>;

async fn ask(sample: &Sample, client: &ScopedClient) -> Outcome {
    match sample.on(client).fetch::<Row>().await {
        Ok(rows) => Ok(rows.into_iter().map(|row| row.id).collect()),
        Err(scoped_runtime::Error::Api(error)) => Err(error.code().unwrap_or_default().to_owned()),
        Err(error) => panic!("{sample:?}: {error}"),
    }
}

/// Starts a server with a table for these tests only.
async fn server() -> &'static LocalSupabase {
    let project = scoped_tests::project().migrations("tests/queries/sql/migrations");
    project.shared().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn random_queries_find_the_same_rows_as_sql() {
    let server = server().await;
    let oracle = Oracle::new(server).await;
    oracle.fill(&[(ALICE, 60), (BOB, 20)]).await;
    let clients = ScopedClients::new(server.config().unwrap()).unwrap();
    let asked = Asked::new(samples()).await;
    let compared =
        [ALICE, BOB, CAROL].map(|user| asked.compare(user, clients.get(user).unwrap(), &oracle));
    let found = join_all(compared).await;
    // Checks that most queries find rows, and only for users who have rows.
    assert!(
        found[0] > asked.samples.len() / 2 && found[2] == 0,
        "{found:?}"
    );
}

/// The queries with both translations to SQL.
struct Asked {
    samples: Vec<Sample>,
    written: Vec<String>,
    arrived: Vec<String>,
}

impl Asked {
    async fn new(samples: Vec<Sample>) -> Self {
        let project = Project::start().await;
        let written = samples.iter().map(Sample::sql).collect();
        let mut arrived = Vec::new();
        for sample in &samples {
            sample.on(&project.client).execute().await.unwrap();
            let request = Request::read(&project.arrived().unwrap()).unwrap();
            assert!(
                request.ignored.is_empty(),
                "{sample:?}: {:?}",
                request.ignored
            );
            arrived.push(wire::sql(&request));
        }
        Self {
            samples,
            written,
            arrived,
        }
    }

    /// Asks all queries as this user in every way, and returns how many find rows.
    async fn compare(&self, user: &str, client: ScopedClient, oracle: &Oracle<'_>) -> usize {
        let expected = oracle.rows(user, &self.written).await;
        let by_model = oracle.rows(user, &self.arrived).await;
        let mut wrong = Wrong::default();
        let mut found = 0;
        for (index, sample) in self.samples.iter().enumerate() {
            let (expected, by_model) = (&expected[index], &by_model[index]);
            let case = |outcome: &Outcome| {
                let (written, arrived) = (&self.written[index], &self.arrived[index]);
                format!("{sample:?}\n{written}\n{arrived}\n{outcome:?} instead of {expected:?}")
            };
            let rows = expected
                .as_ref()
                .unwrap_or_else(|_| panic!("{}", case(expected)));
            found += usize::from(!rows.is_empty());
            if by_model != expected {
                wrong.note("the request that arrived finds other rows", || {
                    case(by_model)
                });
            }
            if lite::differs(sample).is_none() {
                let outcome = ask(sample, &client).await;
                if outcome != *expected {
                    wrong.note("the server finds other rows", || case(&outcome));
                }
            }
        }
        wrong.check();
        found
    }
}

/// Generates queries until enough of them can be asked of the local server.
fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut asked = 0;
    let mut operators = BTreeSet::new();
    for seed in 0.. {
        let sample = Sample::random(&Random::new(seed));
        if lite::differs(&sample).is_none() {
            asked += 1;
            sample.operators(&mut operators);
        }
        samples.push(sample);
        if asked == QUERIES {
            break;
        }
    }
    // Checks that every operator is among them.
    assert_eq!(operators.len(), 25, "{operators:?}");
    samples
}

/// Formats the value as a literal of PostgreSQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Formats the name in double quotes.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Formats a path into JSON.
fn path(steps: &[Step]) -> String {
    let step = |step: &Step| {
        let arrow = if step.as_text { "->>" } else { "->" };
        match &step.key {
            Key::Name(name) => format!("{arrow}{}", literal(name)),
            Key::Index(index) => format!("{arrow}({index})"),
        }
    };
    steps.iter().map(step).collect::<Vec<_>>().concat()
}

/// Returns the rows of an answer of PostgreSQL.
fn outcome(value: &Value) -> Outcome {
    match value {
        Value::Array(ids) => Ok(ids.iter().map(|id| id.as_i64().unwrap()).collect()),
        other => Err(other["error"].as_str().unwrap().to_owned()),
    }
}
