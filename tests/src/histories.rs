use std::error::Error;

use scoped_runtime::testing::__private::off_thread;
use scoped_runtime::testing::PostgresBuilder;
use serde_json::Value;
use tokio_postgres::{Client, Config, NoTls};

use crate::{Result, script};

const POLICIES: &str =
    "select schemaname::text || '.' || tablename || ' ' || policyname from pg_policies order by 1";

/// What is there after the files of a history.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The policies of `pg_policies`, as `schema.table name`.
    pub policies: Vec<String>,
    /// The messages of the statements that failed.
    pub refused: Vec<String>,
}

/// Applies histories of SQL files as superuser and statement by statement, each to a database of its own that begins
/// with `before`. A statement that fails is passed over, as by psql without `ON_ERROR_STOP`.
pub async fn apply_histories(
    before: &str,
    histories: Vec<Vec<String>>,
) -> std::result::Result<Vec<History>, Box<dyn Error>> {
    let server = PostgresBuilder::default().await?;
    let admin: Config = server.admin_url().parse()?;
    let histories = statements(histories).await?;
    let (server, task) = connect(&admin).await?;
    server
        .batch_execute("create database before template template0")
        .await?;
    in_database(&admin, "before", async |client| {
        client.batch_execute(before).await
    })
    .await?;
    let known = texts(&server, "select rolname::text from pg_roles").await?;
    let mut results = Vec::new();
    for history in histories {
        server
            .batch_execute("create database history template before")
            .await?;
        let mut result = History::default();
        for file in history {
            let refused = in_database(&admin, "history", async |client| apply(client, file).await);
            result.refused.extend(refused.await?);
        }
        result.policies = in_database(&admin, "history", async |client| {
            texts(client, POLICIES).await
        })
        .await?;
        results.push(result);
        server
            .batch_execute("drop database history with (force)")
            .await?;
        // Roles belong to the server and outlive the database. `reassign owned` in a history also gives the databases
        // of other tests to a new role, which cannot be dropped before they are given back.
        for role in texts(&server, "select rolname::text from pg_roles").await? {
            if !known.contains(&role) {
                let role = format!("\"{}\"", role.replace('"', "\"\""));
                let remove = format!("reassign owned by {role} to postgres; drop role {role}");
                server.batch_execute(&remove).await?;
            }
        }
    }
    server.batch_execute("drop database before").await?;
    drop(server);
    task.await?;
    Ok(results)
}

/// The statements of each file of each history.
async fn statements(histories: Vec<Vec<String>>) -> Result<Vec<Vec<Vec<String>>>> {
    off_thread("statements", move || {
        let texts: Vec<&String> = histories.iter().flatten().collect();
        let input = serde_json::json!(texts);
        let Value::Array(cut) = script::run("statements", "statements.mjs", &input, &[])? else {
            return Ok(Vec::new());
        };
        let mut cut = cut.into_iter().map(|file| {
            let statements = file.as_array().into_iter().flatten();
            let texts = statements.filter_map(|text| text.as_str().map(str::to_owned));
            texts.collect::<Vec<_>>()
        });
        let sizes = histories.iter().map(Vec::len);
        Ok(sizes
            .map(|size| cut.by_ref().take(size).collect())
            .collect())
    })
    .await
}

async fn apply(
    client: &Client,
    statements: Vec<String>,
) -> std::result::Result<Vec<String>, tokio_postgres::Error> {
    let mut refused = Vec::new();
    for statement in statements {
        if let Err(error) = client.batch_execute(&statement).await {
            let message = error.as_db_error().map(|error| error.message().to_owned());
            refused.push(message.unwrap_or_else(|| error.to_string()));
        }
    }
    Ok(refused)
}

/// Connects for a session's length.
async fn in_database<T>(
    admin: &Config,
    name: &str,
    work: impl AsyncFnOnce(&Client) -> std::result::Result<T, tokio_postgres::Error>,
) -> std::result::Result<T, Box<dyn Error>> {
    let mut config = admin.clone();
    config.dbname(name);
    let (client, task) = connect(&config).await?;
    let result = work(&client).await;
    drop(client);
    task.await?;
    Ok(result?)
}

async fn connect(
    config: &Config,
) -> std::result::Result<(Client, tokio::task::JoinHandle<()>), Box<dyn Error>> {
    let (client, connection) = config.connect(NoTls).await?;
    let task = tokio::spawn(async move {
        // Its error is also that of the statement under way.
        let _ = connection.await;
    });
    Ok((client, task))
}

async fn texts(
    client: &Client,
    query: &str,
) -> std::result::Result<Vec<String>, tokio_postgres::Error> {
    let rows = client.query(query, &[]).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
