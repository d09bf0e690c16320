//! What a project does with its pool: check the login role, and read the policies of the database.

#[cfg(feature = "policies")]
use tokio_postgres::types::Type;

use super::call::{Call, Options};
use super::config;
use super::pool::{Pool, PostgresPool};
#[cfg(feature = "policies")]
use crate::claims::ScopedClaims;
use crate::client::ScopedClients;
use crate::error::{ConfigurationError, Error, Problem};
#[cfg(feature = "policies")]
use crate::policies::{Definition, Definitions, Report};

/// With feature `postgres`.
impl ScopedClients {
    /// Gives the project a pool of direct connections to its database, which
    /// [`ScopedClient::postgres`](crate::ScopedClient::postgres) uses. Nothing is connected yet; to find mistakes
    /// at start-up, call [`check_postgres`](Self::check_postgres). Returns the same project.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `postgres` when the project has a pool already, and for settings of the pool
    /// that contradict each other.
    pub fn with_postgres(self, pool: PostgresPool) -> Result<Self, ConfigurationError> {
        let core = self.core_without_user();
        let pool = Pool::new(pool, &core)?;
        core.project_store().insert_first(pool).map_err(|_| {
            let remedy = "give a project one pool, at start-up";
            Problem::new(
                config::FIELD,
                "is configured for this project already",
                remedy,
            )
        })?;
        Ok(self)
    }

    /// Connects to the database and checks that the login role of the pool is safe to use: it is not a
    /// superuser, does not bypass Row Level Security, has no rights and no tables of its own, and can become the
    /// roles of users but no role that bypasses Row Level Security. Also reads the settings of the roles anew
    /// (`alter role .. set ..`), which statements apply. Call it at start-up; the first statement does it
    /// otherwise.
    ///
    /// # Errors
    /// [`Error::Configuration`] for `postgres` with every problem of the login role and how to mend it, or
    /// without a pool; [`Error::Postgres`] when the database did not answer.
    pub async fn check_postgres(&self) -> Result<(), Error> {
        let core = self.core_without_user();
        let pool = Pool::of(&core)?;
        pool.known_login.forget();
        Call::new(&core, pool, Options::default()).check().await
    }

    /// Forgets the settings of roles that the pool has read, so that each statement that begins after this reads them
    /// anew. Call it after a migration that changed them (`alter role .. set ..`).
    ///
    /// # Errors
    /// [`ConfigurationError`] for `postgres` without a pool.
    pub fn refresh_postgres_roles(&self) -> Result<(), ConfigurationError> {
        Pool::of(&self.core_without_user())?.known_login.forget();
        Ok(())
    }
}

/// With features `postgres` and `policies`.
#[cfg(feature = "policies")]
impl ScopedClients {
    /// Reads the policies, functions and views that the database has at this moment, as PostgreSQL writes them. The
    /// catalogue is readable for every role, so that this runs as `anon`.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), Box<dyn std::error::Error>> {
    /// use scoped_runtime::policies::Definitions;
    ///
    /// let expected = Definitions::from_json(&std::fs::read_to_string("policies.json")?)?;
    /// for difference in clients.policy_definitions().await?.differences(&expected) {
    ///     eprintln!("{difference}"); // changed by hand, with both texts
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`ScopedPostgres::query`](crate::ScopedPostgres::query).
    pub async fn policy_definitions(&self) -> Result<Definitions, Error> {
        let anonymous = self.anonymous()?.postgres().read_only();
        let reading = anonymous.transaction(async |tx| {
            tx.execute_typed("set local search_path = ''", &[]).await?;
            let left_out = (&Definitions::LEFT_OUT as _, Type::TEXT_ARRAY);
            tx.fetch_typed(Definitions::QUERY, &[left_out]).await
        });
        // The future is large, and callers await it deep inside of theirs.
        let rows: Vec<Definition> = Box::pin(reading).await?;
        Ok(Definitions::new(rows))
    }

    /// Compares the claims of `C` with the policies that the database has at this moment, as
    /// [`policies::check`](crate::policies::check) does with the migrations. What differs from the migrations,
    /// [`policy_definitions`](Self::policy_definitions) tells.
    ///
    /// # Errors
    /// The errors of [`ScopedPostgres::query`](crate::ScopedPostgres::query). The findings are in the report.
    pub async fn check_policies<C: ScopedClaims>(&self) -> Result<Report, Error> {
        Ok(self.policy_definitions().await?.check::<C>())
    }
}
