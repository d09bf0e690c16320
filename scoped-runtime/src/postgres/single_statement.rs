//! One statement as the user, in one round trip once it is prepared.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use deadpool_postgres::ClientWrapper;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, MaybeDone, join, maybe_done};

use super::call::{Call, Opened};
use super::driver_error::{is_stale_statement, statement_failed};
use super::parameters::Encoded;
use super::statement::{
    Answer, Statement, Unread, enter_scope, limit_prepared, prepare_enter, read_prepared,
    read_typed,
};
use crate::error::{Error, PostgresError};

/// Runs a statement in a transaction of its own.
pub(super) async fn run(call: &Call, statement: Statement<'_>) -> Result<Answer, Error> {
    let statement = call.pool.settings.allow(statement)?;
    let opened = call.open().await?;
    let work = async {
        let mut is_repeated = false;
        loop {
            match attempt(call, &opened, statement).await {
                Ok(answer) => return Ok(answer),
                // A migration has changed what a prepared statement reads. Nothing was executed.
                Err(Failed::Stale(_)) if !is_repeated => is_repeated = true,
                Err(Failed::Error(error) | Failed::Stale(error)) => return Err(error),
            }
        }
    };
    call.finish(&opened.lease, work).await
}

enum Failed {
    Error(Error),
    /// A prepared statement is not usable any more; the connection has forgotten all of them.
    Stale(Error),
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Begin, scope, statement, commit and what cleans the session go to the server in this order without waiting in
/// between: each future hands its messages to the connection when it is first polled. A step that fails aborts the
/// transaction, whose commit is then a rollback. The answer to the commit is the last one that is waited for here.
async fn attempt(call: &Call, opened: &Opened, statement: Statement<'_>) -> Result<Answer, Failed> {
    let Opened { lease, scope, gate } = opened;
    let client = lease.client().ok_or(PostgresError::Abandoned)?;
    let limit = call.core.settings().limits.response_bytes;
    limit_prepared(client);
    let enter = prepare_enter(lease, scope, call.pool.settings.is_behind_pooler).await?;
    let mut opening = pin!(maybe_done(enter_scope(client, enter.as_ref(), scope)));

    let closing: BoxFuture<'_, Result<Answer, Unread>> = match statement {
        Statement::Typed(sql, parameters) => {
            let parameters = Encoded::typed(parameters)?;
            with_commit(client, read_typed(client, sql, parameters, limit)).boxed()
        }
        Statement::Prepared(sql, parameters) => {
            let mut preparing = pin!(maybe_done(client.prepare_cached(sql)));
            gate.pass(|context| {
                lease.set_in_transaction();
                let _ = opening.as_mut().poll(context);
                let _ = preparing.as_mut().poll(context);
            })
            .await?;
            // A statement that is prepared already is there after the first poll.
            if matches!(*preparing, MaybeDone::Future(_)) {
                join(opening.as_mut(), preparing.as_mut()).await;
                if matches!(*opening, MaybeDone::Done(Err(_)))
                    && let Some(Err(error)) = opening.as_mut().take_output()
                {
                    return Err(statement_failed(error, false).into());
                }
            }
            let prepared = preparing.as_mut().take_output();
            let prepared = prepared.ok_or(PostgresError::Abandoned)?;
            let prepared = prepared.map_err(|error| statement_failed(error, false))?;
            let parameters = Encoded::all(parameters, prepared.params())?;
            with_commit(client, read_prepared(client, prepared, parameters, limit)).boxed()
        }
    };
    let mut closing = pin!(maybe_done(closing));
    gate.pass(|context| {
        lease.set_committing();
        let _ = opening.as_mut().poll(context);
        let _ = closing.as_mut().poll(context);
        lease.send_cleaning();
    })
    .await?;
    join(opening.as_mut(), closing.as_mut()).await;
    let answer = match (
        opening.as_mut().take_output(),
        closing.as_mut().take_output(),
    ) {
        (Some(Err(error)), _) => Err(Unread::Driver(error)),
        (_, answer) => answer.unwrap_or(Err(Unread::Lost)),
    };
    match answer {
        Ok(answer) => {
            lease.set_clean();
            Ok(answer)
        }
        Err(Unread::Driver(error)) if error.as_db_error().is_some() => {
            lease.set_clean();
            let is_stale = is_stale_statement(&error);
            let error = statement_failed(error, false).into();
            if !is_stale {
                return Err(Failed::Error(error));
            }
            client.statement_cache.clear();
            Err(Failed::Stale(error))
        }
        Err(unread) => Err(unread.into_error(!call.is_read_only()).into()),
    }
}

/// A statement and the commit after it. An answer that is too large is not waited for.
async fn with_commit(
    client: &ClientWrapper,
    answer: impl Future<Output = Result<Answer, Unread>>,
) -> Result<Answer, Unread> {
    let mut answer = pin!(maybe_done(answer));
    let mut commit = pin!(maybe_done(client.batch_execute("commit")));
    poll_fn(|context| {
        let is_answered = answer.as_mut().poll(context).is_ready();
        let is_committed = commit.as_mut().poll(context).is_ready();
        let is_too_large = matches!(*answer, MaybeDone::Done(Err(Unread::TooLarge(_))));
        if is_answered && (is_committed || is_too_large) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    let answer = answer.as_mut().take_output().unwrap_or(Err(Unread::Lost))?;
    commit.as_mut().take_output().ok_or(Unread::Lost)??;
    Ok(answer)
}
