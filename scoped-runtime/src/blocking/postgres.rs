use super::Blocking;
use crate::claims::ScopedClaims;
use crate::client::BlockingClient;
use crate::error::Error;
use crate::postgres::{Answer, Statement, statement_methods};

/// SQL as one user, whose calls block (features `blocking` and `postgres`); see
/// [`scoped_runtime::ScopedPostgres`](crate::ScopedPostgres).
pub type ScopedPostgres<C = crate::NoClaims> = crate::ScopedPostgres<C, Blocking>;

/// SQL without a user, whose calls block.
pub type AnonymousPostgres = crate::AnonymousPostgres<Blocking>;

/// A transaction whose statements block; [`ScopedPostgres::transaction`] hands it to its closure.
pub type PostgresTransaction = crate::PostgresTransaction<Blocking>;

/// With feature `blocking`.
impl<C> ScopedPostgres<C> {
    fn run(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        self.core().wait(self.run_statement(statement))?
    }

    statement_methods!(blocking);

    /// Runs several statements in one transaction as the user; see `transaction` of
    /// [`scoped_runtime::ScopedPostgres`](crate::ScopedPostgres). The time limit holds for its statements.
    ///
    /// # Errors
    /// The error of the closure; the errors of [`query`](Self::query) for begin and commit;
    /// [`PostgresError::RolledBack`](crate::PostgresError::RolledBack) when the closure returns `Ok` although a
    /// statement failed.
    pub fn transaction<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&PostgresTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let observed = self.observe("transaction");
        let run = || -> Result<Result<T, E>, Error> {
            let tx = self.core().wait(self.begin())??;
            let outcome = work(&tx);
            let core = self.core();
            match &outcome {
                Ok(_) => core.wait(tx.commit())??,
                Err(_) => core.wait(tx.rollback())?,
            }
            Ok(outcome)
        };
        observed.ended(run())
    }
}

/// With feature `blocking`.
impl PostgresTransaction {
    fn run(&self, statement: Statement<'_>) -> Result<Answer, Error> {
        self.core().wait(self.run_statement(statement))?
    }

    statement_methods!(blocking);
}

#[diagnostic::do_not_recommend]
impl<C: ScopedClaims> BlockingClient for ScopedPostgres<C> {
    type Client = Self;
}
