use std::pin::pin;

use deadpool_postgres::ClientWrapper;
use futures_util::StreamExt;
use futures_util::future::join;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, RowStream};

use super::driver_error::statement_failed;
use super::lease::Lease;
use super::parameters::Encoded;
use super::scope::Scope;
use crate::error::{ClientError, Error, PostgresError};

/// A statement with its parameters.
#[derive(Clone, Copy)]
pub(crate) enum Statement<'a> {
    /// Prepared on its connection the first time, which finds out the types of the parameters.
    Prepared(&'a str, &'a [&'a (dyn ToSql + Sync)]),
    /// Sent with the types of its parameters.
    Typed(&'a str, &'a [(&'a (dyn ToSql + Sync), Type)]),
}

impl Statement<'_> {
    /// The statement as it can be sent behind a transaction pooler.
    pub(super) fn without_name(self) -> Result<Self, PostgresError> {
        match self {
            Self::Prepared(sql, []) => Ok(Self::Typed(sql, &[])),
            Self::Prepared(..) => Err(PostgresError::NeedsTypes),
            Self::Typed(..) => Ok(self),
        }
    }
}

/// What a statement returned.
pub(crate) struct Answer {
    pub(crate) rows: Vec<Row>,
    /// How many rows were read or written.
    pub(crate) affected: u64,
}

/// Why an answer was not read to its end.
pub(super) enum Unread {
    Driver(tokio_postgres::Error),
    /// The rows have more bytes than this.
    TooLarge(usize),
    /// Its future was polled after its end.
    Lost,
}

impl From<tokio_postgres::Error> for Unread {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Driver(error)
    }
}

impl Unread {
    pub(super) fn into_error(self, was_commit_sent: bool) -> Error {
        match self {
            Self::Driver(error) => statement_failed(error, was_commit_sent).into(),
            Self::Lost => PostgresError::Abandoned.into(),
            Self::TooLarge(limit) => ClientError::LimitExceeded {
                what: "the result of the statement".to_owned(),
                limit,
                setting: "response_bytes",
            }
            .into(),
        }
    }
}

/// What a row takes beside its bytes, so that rows without columns are limited too.
const ROW_BYTES: usize = 64;

/// Sends a prepared statement and reads its rows.
pub(super) async fn read_prepared(
    client: &ClientWrapper,
    statement: tokio_postgres::Statement,
    parameters: Vec<Encoded>,
    limit: usize,
) -> Result<Answer, Unread> {
    read(client.query_raw(&statement, parameters).await?, limit).await
}

/// Sends a statement with the types of its parameters and reads its rows.
pub(super) async fn read_typed(
    client: &ClientWrapper,
    sql: &str,
    parameters: Vec<(Encoded, Type)>,
    limit: usize,
) -> Result<Answer, Unread> {
    read(client.query_typed_raw(sql, parameters).await?, limit).await
}

async fn read(stream: RowStream, limit: usize) -> Result<Answer, Unread> {
    let mut stream = pin!(stream);
    let (mut rows, mut bytes) = (Vec::new(), 0_usize);
    while let Some(row) = stream.next().await {
        let row = row?;
        bytes = bytes
            .saturating_add(row.raw_size_bytes())
            .saturating_add(ROW_BYTES);
        if bytes > limit {
            return Err(Unread::TooLarge(limit));
        }
        rows.push(row);
    }
    let affected = stream.rows_affected().unwrap_or(0);
    Ok(Answer { rows, affected })
}

/// The statement that enters a scope, prepared on its connection if it may have a name there.
pub(super) async fn prepare_enter(
    lease: &Lease,
    scope: &Scope,
    is_behind_pooler: bool,
) -> Result<Option<tokio_postgres::Statement>, Error> {
    if is_behind_pooler {
        return Ok(None);
    }
    let client = lease.client().ok_or(PostgresError::Abandoned)?;
    lease.set_busy();
    let prepared = client.prepare_cached(&scope.enter).await;
    let prepared = prepared.map_err(|error| statement_failed(error, false))?;
    lease.set_clean();
    Ok(Some(prepared))
}

/// Begins a transaction and enters the scope: role, claims and settings.
pub(super) async fn enter_scope(
    client: &ClientWrapper,
    enter: Option<&tokio_postgres::Statement>,
    scope: &Scope,
) -> Result<(), tokio_postgres::Error> {
    let begin = client.batch_execute(&scope.begin);
    let entering = async {
        if let Some(statement) = enter {
            return client.execute_raw(statement, &scope.settings).await;
        }
        let settings = scope.settings.iter();
        let settings: Vec<_> = settings
            .map(|value| (value as &(dyn ToSql + Sync), Type::TEXT))
            .collect();
        client.execute_typed(&scope.enter, &settings).await
    };
    let (opened, entered) = join(begin, entering).await;
    opened?;
    entered.map(drop)
}

/// How many statements are kept prepared on one connection.
const MAX_PREPARED: usize = 256;

/// Forgets the prepared statements of a connection when there are too many.
pub(super) fn limit_prepared(client: &ClientWrapper) {
    if client.statement_cache.size() >= MAX_PREPARED {
        client.statement_cache.clear();
    }
}
