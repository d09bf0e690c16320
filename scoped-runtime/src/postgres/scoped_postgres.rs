use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::IsolationLevel;

use super::call::{Call, Options};
use super::pool::Pool;
use super::single_statement;
use super::span::Observed;
use super::statement::{Answer, Statement};
use super::statement_methods;
use super::transaction::PostgresTransaction;
use crate::claims::{NoClaims, ScopedClaims};
use crate::client::{
    AnonymousClient, Async, AsyncClient, Core, FirstMint, Mode, ScopedClient, ScopedClientBuilder,
};
use crate::error::Error;
use crate::session::Identity;

/// SQL that runs as one user, with the role and the claims of the user's tokens, over a direct connection
/// (feature `postgres`). [`ScopedClient::postgres`] returns it. Row Level Security decides as it does for
/// requests; nothing is signed, and the mint policy and the audit count as they do for tokens.
///
/// Each statement runs in a transaction of its own, in one round trip once it is prepared on its connection. For
/// several statements in one transaction, see [`transaction`](Self::transaction). It is cheap to clone, and ends
/// with its client.
///
/// The SQL must be the program's own: SQL that a user writes can set other claims, whatever the library does.
/// Values belong into parameters. [The guide](crate::docs::postgres) says more.
///
/// Dropping the future of a call makes the server cancel the statement, unless it ends at once. A write may
/// have been committed by then.
///
/// ```no_run
/// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
/// #[derive(serde::Deserialize)]
/// struct Note { id: i64, body: String }
///
/// let alice = clients.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let notes: Vec<Note> = alice.postgres().fetch("select id, body from notes where stars >= $1", &[&3]).await?;
/// # Ok(()) }
/// ```
pub struct ScopedPostgres<C = NoClaims, M: Mode = Async> {
    core: Arc<Core>,
    claims: Arc<C>,
    options: Options,
    mode: PhantomData<fn() -> M>,
}

/// Stands in place of claims in [`AnonymousPostgres`], so that it cannot be passed to a function that takes the
/// [`ScopedPostgres`] of a user.
#[derive(Debug)]
#[non_exhaustive]
pub struct Anonymous;

/// SQL without a user, in the role `anon`; [`AnonymousClient::postgres`] returns it. The claims are those that a
/// request with the API key alone has: `{"role":"anon"}`.
pub type AnonymousPostgres<M = Async> = ScopedPostgres<Anonymous, M>;

impl<C, M: Mode> ScopedClient<C, M> {
    /// SQL as this client's user over a direct connection (feature `postgres`), with the pool that
    /// [`ScopedClients::with_postgres`](crate::ScopedClients::with_postgres) gave to the project. Without a pool,
    /// its calls fail with [`Error::Configuration`]. A read-only client has read-only transactions.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let rows = alice.postgres().query("select id, body from notes where stars >= $1", &[&3]).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    #[doc(alias = "withPostgresClient")]
    pub fn postgres(&self) -> ScopedPostgres<C, M> {
        ScopedPostgres::new(self.core(), Arc::clone(self.shared_claims()))
    }
}

impl<M: Mode> AnonymousClient<M> {
    /// SQL without a user over a direct connection (feature `postgres`), in the role `anon`.
    #[must_use]
    pub fn postgres(&self) -> AnonymousPostgres<M> {
        ScopedPostgres::new(self.core(), Arc::new(Anonymous))
    }
}

impl<C: ScopedClaims, M: Mode> ScopedClientBuilder<C, M> {
    /// Checks every option as [`client`](Self::client) does, and returns the user's direct connection (feature
    /// `postgres`). The claims are minted instead of a token, so nothing is signed.
    ///
    /// # Errors
    /// The errors of [`client`](Self::client).
    pub fn postgres(self) -> Result<ScopedPostgres<C, M>, Error> {
        Ok(self.client_with(FirstMint::Claims)?.postgres())
    }
}

impl<C, M: Mode> ScopedPostgres<C, M> {
    fn new(core: &Arc<Core>, claims: Arc<C>) -> Self {
        Self {
            core: Arc::clone(core),
            claims,
            options: Options::default(),
            mode: PhantomData,
        }
    }

    /// Returns a clone with another time limit for each call; see
    /// [`PostgresPool::timeout`](crate::PostgresPool::timeout).
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

    /// Whether its transactions are read-only.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.options.is_read_only || self.core.is_read_only()
    }

    /// The user, role and claims that statements run with; `None` for [`AnonymousPostgres`].
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        Some(self.core.identity_source()?.identity())
    }

    fn with(&self, change: impl FnOnce(&mut Options)) -> Self {
        let mut clone = self.clone();
        change(&mut clone.options);
        clone
    }

    pub(super) fn shared_core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// The call of a statement or transaction, which begins now.
    fn call(&self) -> Result<Call, Error> {
        Ok(Call::new(&self.core, Pool::of(&self.core)?, self.options))
    }

    /// The part that all clones share.
    #[cfg(feature = "blocking")]
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Begins the observation of a blocking call.
    #[cfg(feature = "blocking")]
    pub(crate) fn observe(&self, operation: &'static str) -> Observed<'_> {
        Observed::begin(&self.core, operation)
    }

    /// Runs a statement in a transaction of its own.
    pub(crate) async fn run_statement(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        let observed = Observed::begin(&self.core, "query");
        let work = async { single_statement::run(&self.call()?, statement).await };
        // The future is large, and callers await it deep inside of theirs.
        observed.run_statement(Box::pin(work)).await
    }

    /// Begins a transaction.
    pub(crate) async fn begin<N: Mode>(&self) -> Result<PostgresTransaction<N>, Error> {
        // The futures of a transaction are large, and callers await them deep inside of theirs.
        Box::pin(PostgresTransaction::begin(self.call()?)).await
    }
}

impl<C: ScopedClaims, M: Mode> ScopedPostgres<C, M> {
    /// The claims of the user.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }
}

impl<C> ScopedPostgres<C> {
    async fn run(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        self.run_statement(statement).await
    }

    statement_methods!(async);

    /// Runs several statements in one transaction as the user. It is committed when the closure returns `Ok`, and
    /// rolled back when it returns an error, panics, or its future is dropped. The time limit holds for the
    /// whole transaction.
    ///
    /// A statement that fails makes PostgreSQL refuse all further ones, so return its error from the closure.
    /// After [`close`](ScopedClient::close) nothing is sent, not even the commit.
    ///
    /// The closure must use `tx`: a call on a client inside of it takes another connection, in a transaction of
    /// its own.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// use scoped_runtime::Error;
    ///
    /// let moved = alice.postgres().transaction(async |tx| {
    ///     tx.execute("update accounts set balance = balance - $1 where id = $2", &[&10_i64, &1_i64]).await?;
    ///     tx.execute("update accounts set balance = balance + $1 where id = $2", &[&10_i64, &2_i64]).await?;
    ///     Ok::<_, Error>(10)
    /// }).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The error of the closure; the errors of [`query`](Self::query) for begin and commit;
    /// [`PostgresError::RolledBack`](crate::PostgresError::RolledBack) when the closure returns `Ok` although a
    /// statement failed.
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&PostgresTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let observed = Observed::begin(&self.core, "transaction");
        let running = async {
            let tx = self.begin().await?;
            let outcome = tx.call().limit(work(&tx)).await?;
            match outcome {
                Ok(_) => Box::pin(tx.commit()).await?,
                Err(_) => Box::pin(tx.rollback()).await,
            }
            Ok(outcome)
        };
        observed.run_transaction(running).await
    }
}

#[diagnostic::do_not_recommend]
impl<C: ScopedClaims> AsyncClient for ScopedPostgres<C> {
    type Client = Self;
}

impl<C, M: Mode> Clone for ScopedPostgres<C, M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            claims: Arc::clone(&self.claims),
            options: self.options,
            mode: PhantomData,
        }
    }
}

impl<C, M: Mode> fmt::Debug for ScopedPostgres<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedPostgres")
            .field("user_id", &self.core.user_id())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
