//! A superuser's connection to the database of the test.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use serde::de::DeserializeOwned;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};

use super::STEP;
use crate::testing::error::{KitError, Result};
use crate::testing::postgres::refused;

pub(super) struct Connection {
    client: Client,
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
        let messages = self.client.simple_query(query).await;
        let messages = messages.map_err(|error| refused(STEP, error))?;
        let texts = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        });
        Ok(texts.collect())
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
        serde_json::from_str(text).map_err(|error| {
            KitError::new(STEP, format!("the catalogue: {error}")).caused_by(error)
        })
    }

    pub(super) async fn execute(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> std::result::Result<Vec<tokio_postgres::Row>, Error> {
        self.client.query(statement, parameters).await
    }
}

/// Polls futures for the first time in their order, which is the order in which their requests are sent.
pub(super) async fn in_order<F: Future>(running: Vec<Pin<Box<F>>>) -> Vec<F::Output> {
    let mut answers: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    let mut running: Vec<Option<Pin<Box<F>>>> = running.into_iter().map(Some).collect();
    let mut first = 0;
    std::future::poll_fn(|context| {
        for (place, waiting) in running.iter_mut().enumerate().skip(first) {
            if let Some(future) = waiting
                && let Poll::Ready(answer) = future.as_mut().poll(context)
            {
                answers[place] = Some(answer);
                *waiting = None;
            }
        }
        while running.get(first).is_some_and(Option::is_none) {
            first += 1;
        }
        if first == running.len() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}
