use std::fmt;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, maybe_done};

use super::call::{Call, Opened};
use super::driver_error::{is_stale_statement, statement_failed};
use super::parameters::Encoded;
use super::statement::{
    Answer, Statement, Unread, enter_scope, limit_prepared, prepare_enter, read_prepared,
    read_typed,
};
use super::statement_methods;
#[cfg(feature = "blocking")]
use crate::client::Core;
use crate::client::{Async, Mode};
use crate::clock::with_timeout;
use crate::error::{ClientError, Error, PostgresError};

/// A transaction as the user; [`ScopedPostgres::transaction`](crate::ScopedPostgres::transaction) hands it to its
/// closure. Its statements see each other's writes, and are committed together when the closure returns `Ok`.
pub struct PostgresTransaction<M: Mode = Async> {
    call: Call,
    opened: Opened,
    /// A statement failed, so PostgreSQL may refuse the rest of the transaction.
    has_failed: AtomicBool,
    /// A statement was dropped before its answer arrived, so the answers of later ones would come late.
    is_abandoned: AtomicBool,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> PostgresTransaction<M> {
    /// Begins a transaction in the scope of the user.
    pub(super) async fn begin(call: Call) -> Result<Self, Error> {
        let opened = call.open().await?;
        let work = async {
            let Opened { lease, scope, gate } = &opened;
            let client = lease.client().ok_or(PostgresError::Abandoned)?;
            limit_prepared(client);
            let enter = prepare_enter(lease, scope, call.pool.settings.is_behind_pooler).await?;
            let mut opening = pin!(maybe_done(enter_scope(client, enter.as_ref(), scope)));
            gate.pass(|context| {
                lease.set_in_transaction();
                let _ = opening.as_mut().poll(context);
            })
            .await?;
            opening.as_mut().await;
            match opening.as_mut().take_output() {
                Some(Ok(())) => Ok(()),
                Some(Err(error)) => {
                    if is_stale_statement(&error) {
                        client.statement_cache.clear();
                    }
                    Err(statement_failed(error, false).into())
                }
                None => Err(PostgresError::Abandoned.into()),
            }
        };
        call.finish(&opened.lease, work).await?;
        Ok(Self {
            call,
            opened,
            has_failed: AtomicBool::new(false),
            is_abandoned: AtomicBool::new(false),
            mode: PhantomData,
        })
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    /// The part that the client shares.
    #[cfg(feature = "blocking")]
    pub(crate) fn core(&self) -> &Core {
        &self.call.core
    }

    /// Runs one statement of the transaction.
    pub(crate) async fn run_statement(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        let statement = self.call.pool.settings.allow(statement)?;
        self.check_usable()?;
        let answering = Answering(Some(&self.is_abandoned));
        let answer = self.call.finish(&self.opened.lease, self.send(statement));
        let outcome = Box::pin(answer).await;
        if let Err(error) = &outcome {
            self.has_failed.store(true, Ordering::Relaxed);
            if matches!(error, Error::Client(ClientError::LimitExceeded { .. })) {
                // The rest of the rows is still on its way.
                return outcome;
            }
        }
        answering.end();
        outcome
    }

    fn check_usable(&self) -> Result<(), PostgresError> {
        if self.is_abandoned.load(Ordering::Relaxed) {
            return Err(PostgresError::Abandoned);
        }
        Ok(())
    }

    async fn send(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        let Opened { lease, gate, .. } = &self.opened;
        let client = lease.client().ok_or(PostgresError::Abandoned)?;
        let limit = self.call.core.settings().limits.response_bytes;
        let failed = |error| statement_failed(error, false);
        let outcome = match statement {
            Statement::Typed(sql, parameters) => {
                let parameters = Encoded::typed(parameters)?;
                gate.send(read_typed(client, sql, parameters, limit))
                    .await?
            }
            Statement::Prepared(sql, parameters) => {
                limit_prepared(client);
                let prepared = gate.send(client.prepare_cached(sql)).await?;
                let prepared = prepared.map_err(failed)?;
                let parameters = Encoded::all(parameters, prepared.params())?;
                gate.send(read_prepared(client, prepared, parameters, limit))
                    .await?
            }
        };
        match outcome {
            Err(Unread::Driver(error)) if is_stale_statement(&error) => {
                // The transaction has to be started again, and prepares the statement anew then.
                client.statement_cache.clear();
                Err(failed(error).into())
            }
            outcome => outcome.map_err(|unread| unread.into_error(false)),
        }
    }

    /// Commits. Returns an error if a statement had failed, since PostgreSQL answers the commit of such a
    /// transaction with a silent rollback.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.check_usable()?;
        let Opened { lease, gate, .. } = &self.opened;
        let client = lease.client().ok_or(PostgresError::Abandoned)?;
        let has_failed = self.has_failed.load(Ordering::Relaxed);
        let may_write = !self.call.is_read_only();
        let work = async {
            // Fails in a transaction that cannot go on.
            let probe = async {
                if has_failed {
                    client.execute_typed("select", &[]).await.map(drop)
                } else {
                    Ok(())
                }
            };
            let mut ending = pin!(maybe_done(join(probe, client.batch_execute("commit"))));
            gate.pass(|context| {
                lease.set_committing();
                let _ = ending.as_mut().poll(context);
                lease.send_cleaning();
            })
            .await?;
            ending.as_mut().await;
            let (probed, committed) = ending
                .as_mut()
                .take_output()
                .ok_or(PostgresError::Abandoned)?;
            if committed.is_ok()
                || committed
                    .as_ref()
                    .is_err_and(|error| error.as_db_error().is_some())
            {
                lease.set_clean();
            }
            if probed.is_err_and(|error| error.as_db_error().is_some()) {
                return Err(PostgresError::RolledBack.into());
            }
            committed.map_err(|error| statement_failed(error, may_write).into())
        };
        self.call.finish(lease, work).await
    }

    /// Rolls back, and waits for it so that locks are free afterwards. If it takes too long, the connection is
    /// closed instead.
    pub(crate) async fn rollback(self) {
        let lease = &self.opened.lease;
        let is_usable = self.check_usable().is_ok();
        if let Some(client) = lease.client().filter(|_| is_usable) {
            let clock = &*self.call.pool.clock;
            let ending = pin!(client.batch_execute("rollback"));
            if let Some(Ok(())) = with_timeout(clock, super::lease::CANCEL_LIMIT, ending).await {
                lease.send_cleaning();
                lease.set_clean();
            }
        }
    }
}

/// Marks the transaction as abandoned if it is dropped before the end.
struct Answering<'a>(Option<&'a AtomicBool>);

impl Answering<'_> {
    fn end(mut self) {
        self.0 = None;
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        if let Some(is_abandoned) = self.0 {
            is_abandoned.store(true, Ordering::Relaxed);
        }
    }
}

impl PostgresTransaction {
    async fn run(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        self.run_statement(statement).await
    }

    statement_methods!(async);
}

impl<M: Mode> fmt::Debug for PostgresTransaction<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTransaction")
            .finish_non_exhaustive()
    }
}
