use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use sqlx::{AssertSqlSafe, Connection, Postgres, Transaction};
use tokio_postgres::IsolationLevel;

use super::call::{ANONYMOUS, Options, WriteGate, are_live, claims_of, role_of};
use super::lease::GRACE;
use super::scope::{ENTER, ScopeSpec, ScopeText};
use super::scoped_postgres::Anonymous;
use super::span::Observed;
use super::sqlx_error::{commit_failed, failed};
use super::sqlx_lease::SqlxLease;
use super::sqlx_pool::GivenPool;
use crate::claims::{NoClaims, ScopedClaims};
use crate::client::{AnonymousClient, Core, ScopedClient};
use crate::error::{ClientError, Error, PostgresError, PostgresPhase};
use crate::session::Identity;
use crate::token::UnsignedClaims;

/// Transactions of `sqlx` that run as one user, with the role and the claims of the user's tokens, on the
/// application's own pool (feature `sqlx`). [`ScopedClient::sqlx`] returns it. Row Level Security decides as it
/// does for requests; nothing is signed, and the mint policy and the audit count as they do for tokens.
///
/// The SQL must be the program's own: SQL that a user writes can set other claims, or end the transaction.
/// [The guide](crate::docs::postgres) says more, and compares it with
/// [`ScopedPostgres`](crate::ScopedPostgres), which needs fewer round trips.
pub struct ScopedSqlx<C = NoClaims> {
    core: Arc<Core>,
    claims: Arc<C>,
    options: Options,
}

/// Transactions of `sqlx` without a user, in the role `anon`; [`AnonymousClient::sqlx`] returns it.
pub type AnonymousSqlx = ScopedSqlx<Anonymous>;

impl<C> ScopedClient<C> {
    /// Transactions of `sqlx` as this client's user (feature `sqlx`), on the pool that
    /// [`ScopedClients::with_sqlx`](crate::ScopedClients::with_sqlx) gave to the project. Without a pool, they fail
    /// with [`Error::Configuration`]. A read-only client has read-only transactions.
    #[must_use]
    pub fn sqlx(&self) -> ScopedSqlx<C> {
        ScopedSqlx::new(self.core(), Arc::clone(self.shared_claims()))
    }
}

impl AnonymousClient {
    /// Transactions of `sqlx` without a user (feature `sqlx`), in the role `anon`.
    #[must_use]
    pub fn sqlx(&self) -> AnonymousSqlx {
        ScopedSqlx::new(self.core(), Arc::new(Anonymous))
    }
}

impl<C> ScopedSqlx<C> {
    fn new(core: &Arc<Core>, claims: Arc<C>) -> Self {
        Self {
            core: Arc::clone(core),
            claims,
            options: Options::default(),
        }
    }

    /// Returns a clone with another time limit for each transaction; see
    /// [`SqlxPool::timeout`](crate::SqlxPool::timeout).
    #[must_use]
    pub fn timeout(&self, timeout: Duration) -> Self {
        self.with(|options| options.timeout = Some(timeout))
    }

    /// Returns a clone whose transactions have this isolation level. Without it, that of the role applies
    /// (`default_transaction_isolation`), else `read committed`.
    #[must_use]
    pub fn isolation(&self, level: IsolationLevel) -> Self {
        self.with(|options| options.isolation = Some(level))
    }

    /// Returns a clone whose transactions are read-only: PostgreSQL refuses statements that write (25006).
    #[must_use]
    pub fn read_only(&self) -> Self {
        self.with(|options| options.is_read_only = true)
    }

    /// The user, role and claims that transactions run with; `None` for [`AnonymousSqlx`].
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        Some(self.core.identity_source()?.identity())
    }

    fn with(&self, change: impl FnOnce(&mut Options)) -> Self {
        let mut clone = self.clone();
        change(&mut clone.options);
        clone
    }

    /// Runs the closure in a transaction as the user. It is committed when the closure returns `Ok`, and rolled
    /// back when it returns an error, panics, or its future is dropped. The time limit holds for the whole
    /// transaction.
    ///
    /// A transaction whose future is dropped, or whose time has passed, takes its connection with it: the
    /// connection is closed, since `sqlx` can neither cancel a statement nor tell that `begin` is on its way. The
    /// server rolls back, once a running statement has ended by its `statement_timeout` at the latest.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// use scoped_runtime::Error;
    ///
    /// let bodies: Vec<String> = alice.sqlx().transaction(async |tx| {
    ///     sqlx::query("insert into notes (body) values ($1)").bind("buy milk").execute(&mut **tx).await?;
    ///     let bodies = sqlx::query_scalar("select body from notes").fetch_all(&mut **tx).await?;
    ///     Ok::<_, Error>(bodies)
    /// }).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The error of the closure; [`Error::Configuration`] without a pool, for an unsafe login role and for a role
    /// that the pool does not allow; [`Error::Token`] when the claims cannot be minted; [`Error::Postgres`] for
    /// begin and commit, a [`PostgresError::Timeout`] when the time has passed, and
    /// [`PostgresError::RolledBack`] when the closure returns `Ok` although a statement failed;
    /// [`ClientError::Closed`] after [`close`](ScopedClient::close).
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction<'_, Postgres>) -> Result<T, E>,
    ) -> Result<T, E> {
        let observed = Observed::begin(&self.core, "transaction");
        observed.run_transaction(self.limited(work)).await
    }

    /// Runs the transaction until its time has passed or the client is closed.
    async fn limited<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction<'_, Postgres>) -> Result<T, E>,
    ) -> Result<Result<T, E>, Error> {
        let pool = GivenPool::of(&self.core)?;
        let after = self.options.timeout.unwrap_or(pool.timeout);
        let deadline = pool.clock.monotonic().saturating_add(after);
        let progress = Progress::default();
        let running = pin!(self.run(&pool, deadline, &progress, work));
        let closed = pin!(self.core.close_flag().wait_closed());
        // Statements end at the deadline by themselves; work that awaits something else ends a little later.
        let end = pool.clock.sleep_until(deadline.saturating_add(GRACE));
        match select(running, select(closed, end)).await {
            Either::Left((outcome, _)) => return outcome,
            Either::Right((Either::Left(((), end)), running)) => {
                if !progress.is_commit_sent() {
                    return Err(ClientError::Closed.into());
                }
                // The answer says whether it was committed.
                if let Either::Left((outcome, _)) = select(running, end).await {
                    return outcome;
                }
            }
            Either::Right((Either::Right(((), _)), _)) => {}
        }
        Err(PostgresError::Timeout {
            after,
            phase: progress.phase(),
            may_have_committed: progress.is_commit_sent() && !self.is_read_only(),
        }
        .into())
    }

    fn is_read_only(&self) -> bool {
        self.options.is_read_only || self.core.is_read_only()
    }

    async fn run<T, E: From<Error>>(
        &self,
        pool: &GivenPool,
        deadline: Duration,
        progress: &Progress,
        work: impl AsyncFnOnce(&mut Transaction<'_, Postgres>) -> Result<T, E>,
    ) -> Result<Result<T, E>, Error> {
        let (mut lease, scope, gate) = self.open(pool, deadline).await?;
        progress.has_connection.store(true, Ordering::Relaxed);
        let connection = lease.connection()?;
        let begin = connection.begin_with(AssertSqlSafe(scope.begin()));
        let mut tx = gate.send(begin).await?.map_err(failed)?;
        let enter = sqlx::query(ENTER).persistent(!pool.is_behind_pooler);
        let enter = enter.bind(scope.names).bind(scope.values);
        gate.send(enter.execute(&mut *tx)).await?.map_err(failed)?;
        let outcome = work(&mut tx).await;
        if outcome.is_err() {
            if tx.rollback().await.is_ok() {
                lease.settle();
            }
            return Ok(outcome);
        }
        // PostgreSQL answers the commit of a failed transaction with a rollback, and `sqlx` calls it a success.
        let probe = sqlx::raw_sql("select 1").execute(&mut *tx);
        if let Err(error) = gate.send(probe).await? {
            let error = failed(error);
            if tx.rollback().await.is_ok() {
                lease.settle();
            }
            return Err(match error.code() {
                Some("25P02") => PostgresError::RolledBack.into(),
                _ => error.into(),
            });
        }
        let commit = async {
            progress.is_commit_sent.store(true, Ordering::Relaxed);
            tx.commit().await
        };
        gate.send(commit).await?.map_err(commit_failed)?;
        lease.settle();
        Ok(outcome)
    }

    /// Gets live claims, then a connection, then claims that are still live.
    async fn open(
        &self,
        pool: &GivenPool,
        deadline: Duration,
    ) -> Result<(SqlxLease, ScopeText, WriteGate), Error> {
        self.core.check_open()?;
        let role = role_of(&self.core);
        pool.roles.check(role)?;
        let mut claims = claims_of(&self.core).await?;
        let mut lease = pool.lease().await?;
        let login = pool.login(&mut lease).await?;
        if !are_live(&self.core, claims.as_ref()) {
            claims = claims_of(&self.core).await?;
        }
        let scope = ScopeText::new(&ScopeSpec {
            role,
            claims: claims.as_ref().map_or(ANONYMOUS, UnsignedClaims::json),
            role_settings: login.settings.get(role),
            time_left: deadline.saturating_sub(pool.clock.monotonic()),
            isolation: self.options.isolation,
            is_read_only: self.is_read_only(),
        });
        Ok((lease, scope, WriteGate::new(&self.core, claims)))
    }
}

impl<C: ScopedClaims> ScopedSqlx<C> {
    /// The claims of the user.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }
}

/// How far a transaction has come, for the error when its time has passed.
#[derive(Default)]
struct Progress {
    has_connection: AtomicBool,
    is_commit_sent: AtomicBool,
}

impl Progress {
    fn is_commit_sent(&self) -> bool {
        self.is_commit_sent.load(Ordering::Relaxed)
    }

    fn phase(&self) -> PostgresPhase {
        if self.has_connection.load(Ordering::Relaxed) {
            PostgresPhase::Statement
        } else {
            PostgresPhase::Connection
        }
    }
}

impl<C> Clone for ScopedSqlx<C> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            claims: Arc::clone(&self.claims),
            options: self.options,
        }
    }
}

impl<C> fmt::Debug for ScopedSqlx<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedSqlx")
            .field("user_id", &self.core.user_id())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
