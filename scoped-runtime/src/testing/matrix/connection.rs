//! A connection to the database of the test, and many statements on it in one round trip.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use serde::de::DeserializeOwned;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};

use super::STEP;
use crate::testing::error::{KitError, Result};
use crate::testing::postgres::refused;

/// The number of statements that are sent before the first answer is read.
const PIPELINE: usize = 256;

pub(super) struct Connection {
    client: Client,
}

/// The answer to one statement: the first column of its rows, and the number of rows that it read or changed.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) texts: Vec<String>,
    pub(super) count: u64,
}

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|error| {
            KitError::new(STEP, "the URL of the database cannot be read").caused_by(error)
        })?;
        config.application_name("scoped-rls-matrix");
        let (client, connection) = config.connect(NoTls).await.map_err(|error| {
            KitError::new(STEP, format!("no connection to the database: {error}")).caused_by(error)
        })?;
        tokio::spawn(connection);
        Ok(Self { client })
    }

    pub(super) async fn run(&self, statements: &str) -> Result<()> {
        let done = self.client.batch_execute(statements).await;
        done.map_err(|error| refused(STEP, error))
    }

    /// The first column of the rows.
    pub(super) async fn texts(&self, query: &str) -> Result<Vec<String>> {
        let answer = self.client.simple_query(query).await.map(Answer::of);
        answer.map(|answer| answer.texts).map_err(|error| refused(STEP, error))
    }

    /// The only text of a query, read as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        query: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<T> {
        let row = self.client.query_one(query, parameters).await;
        let row = row.map_err(|error| refused(STEP, error))?;
        let text: &str = row.try_get(0).map_err(|error| refused(STEP, error))?;
        serde_json::from_str(text)
            .map_err(|error| KitError::new(STEP, format!("the catalogue: {error}")).caused_by(error))
    }

    pub(super) async fn execute(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> std::result::Result<Vec<tokio_postgres::Row>, Error> {
        self.client.query(statement, parameters).await
    }

    /// Sends statements without waiting for the answers in between. They are answered in their order.
    pub(super) async fn pipelined(&self, statements: &[String]) -> Vec<std::result::Result<Answer, Error>> {
        let mut answers = Vec::with_capacity(statements.len());
        for part in statements.chunks(PIPELINE) {
            let running = part.iter().map(|text| Box::pin(self.client.simple_query(text)));
            let messages = in_order(running.collect()).await;
            answers.extend(messages.into_iter().map(|messages| messages.map(Answer::of)));
        }
        answers
    }
}

impl Answer {
    /// The answer of the last statement of a text.
    fn of(messages: Vec<SimpleQueryMessage>) -> Self {
        let mut answer = Self::default();
        for message in messages {
            match message {
                SimpleQueryMessage::RowDescription(_) => answer.texts.clear(),
                SimpleQueryMessage::Row(row) => {
                    answer.texts.push(row.get(0).unwrap_or_default().to_owned());
                }
                SimpleQueryMessage::CommandComplete(count) => answer.count = count,
                _ => {}
            }
        }
        answer
    }
}

/// Polls futures for the first time in their order, which is the order in which their requests are sent.
async fn in_order<F: Future>(running: Vec<Pin<Box<F>>>) -> Vec<F::Output> {
    let mut answers: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    let mut running: Vec<Option<Pin<Box<F>>>> = running.into_iter().map(Some).collect();
    let mut first = 0;
    std::future::poll_fn(|context| {
        for (place, waiting) in running.iter_mut().enumerate().skip(first) {
            if let Some(future) = waiting {
                if let Poll::Ready(answer) = future.as_mut().poll(context) {
                    answers[place] = Some(answer);
                    *waiting = None;
                }
            }
        }
        while running.get(first).is_some_and(Option::is_none) {
            first += 1;
        }
        if first == running.len() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
