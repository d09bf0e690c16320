use std::time::Duration;

use scoped_rules::policies::{query_after_with, statement_spans};
use serde_json::{Map, Value};
use tokio_postgres::error::DbError;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};
use url::Url;

use crate::testing::error::{KitError, Result};

/// The time to connect, and the time after which a connection that does not answer is closed.
const CONNECT_TIME: Duration = Duration::from_secs(30);

/// Where and as whom to connect. It has no `Debug`, because it has a password.
#[derive(Clone)]
pub(crate) struct Login(Url);

impl Login {
    pub(crate) fn local(port: u16, user: &str, password: &str) -> Self {
        // The parts are digits and letters, so that this is always a URL.
        let text = format!("postgres://{user}:{password}@127.0.0.1:{port}/postgres");
        Self(Url::parse(&text).unwrap_or_else(|_| unreachable!("a URL of letters and digits")))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_postgres = ["postgres", "postgresql"].contains(&url.scheme());
        (is_postgres && url.host_str().is_some()).then_some(Self(url))
    }

    /// The same server as another user.
    pub(crate) fn as_user(&self, user: &str, password: &str) -> Self {
        let mut url = self.0.clone();
        // Only URLs without a host refuse them.
        let _ = url.set_username(user);
        let _ = url.set_password(Some(password));
        Self(url)
    }

    /// The same user in another database.
    pub(crate) fn database(&self, name: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(name);
        Self(url)
    }

    pub(crate) fn url(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn password(&self) -> &str {
        self.0.password().unwrap_or_default()
    }

    pub(crate) fn config(&self, step: &'static str) -> Result<Config> {
        let mut config: Config = self.url().parse().map_err(|error| {
            KitError::new(step, "the URL of the database cannot be read").caused_by(error)
        })?;
        config.connect_timeout(CONNECT_TIME);
        Ok(config)
    }

    /// Connects and runs `work` on the connection, on a runtime of its own. It blocks the thread.
    pub(crate) fn run<T>(
        &self,
        step: &'static str,
        options: &str,
        work: impl AsyncFnOnce(&Client) -> Result<T>,
    ) -> Result<T> {
        let mut config = self.config(step)?;
        config.options(options).application_name("scoped-test-kit");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| KitError::new(step, format!("no runtime: {error}")))?;
        runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.map_err(|error| {
                KitError::new(step, format!("no connection to the database: {error}"))
                    .caused_by(error)
            })?;
            let connection = tokio::spawn(connection);
            let result = work(&client).await;
            drop(client);
            // The connection is closed in order, so that the server soon forgets it.
            let _ = connection.await;
            result
        })
    }

    /// Runs statements, and returns nothing of them.
    pub(crate) fn execute(&self, step: &'static str, statements: &str) -> Result<()> {
        self.run(step, "", async |client| {
            let done = client.batch_execute(statements).await;
            done.map_err(|error| refused(step, error))
        })
    }

    /// Runs one query of one column, and returns the texts of its rows.
    pub(crate) fn texts(&self, step: &'static str, query: &str) -> Result<Vec<String>> {
        self.run(step, "", async |client| texts(step, client, query).await)
    }
}

/// As [`Login::texts`], on a connection.
pub(crate) async fn texts(step: &'static str, client: &Client, query: &str) -> Result<Vec<String>> {
    let messages = client.simple_query(query).await;
    let messages = messages.map_err(|error| refused(step, error))?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok(rows.collect())
}

/// Runs statements one after the other and returns the rows of the last one as JSON.
pub(crate) async fn json_rows(step: &'static str, client: &Client, text: &str) -> Result<Value> {
    let spans = statement_spans(text);
    let Some(last) = spans.last().cloned() else {
        return Ok(Value::Array(Vec::new()));
    };
    let before = &text[..last.start];
    if spans.len() > 1 {
        let done = client.batch_execute(before).await;
        done.map_err(|error| refused(step, error))?;
    }
    let last = &text[last];
    let prepared = client.prepare(last).await;
    let has_columns = !prepared
        .map_err(|error| refused(step, error))?
        .columns()
        .is_empty();
    if !has_columns {
        // `select from notes` has rows all the same.
        let messages = client.simple_query(last).await;
        let messages = messages.map_err(|error| refused(step, error))?;
        let rows = messages
            .iter()
            .filter(|message| matches!(message, SimpleQueryMessage::Row(_)));
        return Ok(rows.map(|_| Value::Object(Map::new())).collect());
    }
    let aggregate = "select coalesce(json_agg(to_json(scoped_rows)), '[]')::text from";
    let first = last
        .split(|c: char| !c.is_alphabetic())
        .find(|word| !word.is_empty());
    let first = first.unwrap_or_default().to_ascii_lowercase();
    let query = if let Some(place) = query_after_with(last) {
        // A WITH that changes data must stand at the top.
        let (with, query) = last.split_at(place);
        format!("{with}, scoped_rows as ({query}) {aggregate} scoped_rows")
    } else if ["insert", "update", "delete", "merge"].contains(&first.as_str()) {
        format!("with scoped_rows as ({last}) {aggregate} scoped_rows")
    } else {
        format!("{aggregate} ({last}) scoped_rows")
    };
    let rows = texts(step, client, &query).await?;
    serde_json::from_str(rows.first().map_or("[]", String::as_str))
        .map_err(|error| KitError::new(step, "the rows are not JSON").caused_by(error))
}

/// The error of a statement that PostgreSQL refused, with its code.
pub(crate) fn refused(step: &'static str, error: tokio_postgres::Error) -> KitError {
    let text = error.as_db_error().map_or_else(|| error.to_string(), said);
    KitError::new(step, text).caused_by(error)
}

/// What PostgreSQL said, on one line: the message, the code, the detail and the hint.
pub(crate) fn said(error: &DbError) -> String {
    let mut text = format!("{} (SQLSTATE {})", error.message(), error.code().code());
    for (name, more) in [("detail", error.detail()), ("hint", error.hint())] {
        if let Some(more) = more {
            text = format!("{text}; {name}: {more}");
        }
    }
    text
}
