use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::{Connection, PgPool};

use super::allowed_roles::AllowedRoles;
use super::checked_login::{CheckedLogin, ROLES};
use super::config::FIELD;
use super::known_login::KnownLogin;
use super::role_settings;
use super::sqlx_error::failed;
use super::sqlx_lease::SqlxLease;
use crate::claims::Role;
use crate::client::{Core, ScopedClients};
use crate::clock::{Clock, with_timeout};
use crate::error::{ConfigurationError, Error, PostgresError, PostgresPhase, Problem};

/// The application's own pool of `sqlx`, for transactions that are a user's (feature `sqlx`).
/// [`ScopedClients::with_sqlx`] gives it to a project.
///
/// Runtime and TLS are those that the application chose for its `sqlx`; the runtime must be tokio. The login role
/// of the pool must have no rights of its own, as for [`PostgresPool`](crate::PostgresPool), and is checked before
/// the first transaction. If the application needs more rights elsewhere, give it two pools.
///
/// ```
/// use scoped_runtime::{ScopedClients, SqlxPool};
///
/// # async fn example(clients: ScopedClients) -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::PgPool::connect("postgres://app:password@localhost/postgres").await?;
/// let clients = clients.with_sqlx(SqlxPool::new(pool))?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "give it to a project with `ScopedClients::with_sqlx`"]
pub struct SqlxPool {
    pool: PgPool,
    roles: AllowedRoles,
    timeout: Option<Duration>,
    is_behind_pooler: bool,
}

impl SqlxPool {
    /// Takes the application's pool. `sqlx` asks the server whether a connection is alive before each use; without
    /// `PgPoolOptions::test_before_acquire` a transaction needs one round trip less.
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            roles: AllowedRoles::default(),
            timeout: None,
            is_behind_pooler: false,
        }
    }

    /// Allows transactions to run as these roles, in addition to `authenticated` and `anon`. The login role must
    /// be a member of each.
    pub fn roles(mut self, roles: impl IntoIterator<Item = Role>) -> Self {
        self.roles.add(roles);
        self
    }

    /// Sets the time limit of a transaction, with everything in it. The default is the project's
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout). The server gets what is left of it as
    /// `statement_timeout`, unless the role's own is shorter.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Says that a transaction pooler stands before the database: Supavisor on port 6543, or `PgBouncer` with
    /// `pool_mode = transaction`. The statements of this library are then not kept prepared. **The application's
    /// own need `persistent(false)`**: a name of a prepared statement would be that of another client's statement.
    /// Outside of a transaction, `sqlx` is not safe there at all: it parses and executes in two messages, which may
    /// reach two connections.
    pub fn transaction_pooler(mut self, is_there: bool) -> Self {
        self.is_behind_pooler = is_there;
        self
    }
}

/// Shows neither the password nor the address.
impl fmt::Debug for SqlxPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxPool")
            .field("roles", &self.roles)
            .field("timeout", &self.timeout)
            .field("is_behind_pooler", &self.is_behind_pooler)
            .finish_non_exhaustive()
    }
}

/// The application's pool in a project.
pub(super) struct GivenPool {
    pool: PgPool,
    pub(super) roles: AllowedRoles,
    pub(super) timeout: Duration,
    pub(super) is_behind_pooler: bool,
    pub(super) clock: Arc<dyn Clock>,
    known_login: KnownLogin,
}

impl GivenPool {
    /// The pool of the client's project.
    pub(super) fn of(core: &Core) -> Result<Arc<Self>, ConfigurationError> {
        core.project_store().get::<Self>().ok_or_else(|| {
            let remedy = "give the project a pool at start-up, with `ScopedClients::with_sqlx`";
            Problem::new(FIELD, "has no pool of `sqlx`", remedy).into()
        })
    }

    /// Waits for a connection.
    pub(super) async fn lease(&self) -> Result<SqlxLease, Error> {
        let connection = self.pool.acquire().await.map_err(failed)?;
        Ok(SqlxLease::new(connection))
    }

    /// What is known of the login role. The first call asks the server, over this connection.
    pub(super) async fn login(&self, lease: &mut SqlxLease) -> Result<Arc<CheckedLogin>, Error> {
        let asked = self
            .known_login
            .get_or_ask(|| ask(lease, &self.roles).boxed());
        asked.await
    }
}

/// Asks the server for the roles and their settings, and refuses a login role that is not safe.
async fn ask(lease: &mut SqlxLease, allowed: &AllowedRoles) -> Result<CheckedLogin, Error> {
    let names = allowed.names();
    // `sqlx` parses and executes in two messages. Outside of a transaction, a pooler may send the second one to
    // another connection of the server, which has the statement of another client.
    let mut tx = lease.connection()?.begin().await.map_err(failed)?;
    let roles = sqlx::query_scalar(ROLES).persistent(false).bind(&names);
    let roles: Vec<String> = roles.fetch_all(&mut *tx).await.map_err(failed)?;
    let settings = sqlx::query_scalar(role_settings::QUERY).persistent(false);
    let settings = settings.bind(&names).fetch_all(&mut *tx).await;
    let settings: Vec<String> = settings.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    lease.settle();
    CheckedLogin::new(&roles, &settings, allowed)
}

/// With feature `sqlx`.
impl ScopedClients {
    /// Gives the project the application's pool of `sqlx`, which
    /// [`ScopedClient::sqlx`](crate::ScopedClient::sqlx) uses. Returns the same project.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `postgres` when the project has such a pool already, and for `timeout` when it
    /// is zero.
    pub fn with_sqlx(self, pool: SqlxPool) -> Result<Self, ConfigurationError> {
        let core = self.core_without_user();
        let project = core.settings();
        let timeout = pool.timeout.unwrap_or(project.request_timeout);
        if timeout.is_zero() {
            return Err(Problem::new("timeout", "is zero", "set a longer timeout").into());
        }
        let given = GivenPool {
            pool: pool.pool,
            roles: pool.roles,
            timeout,
            is_behind_pooler: pool.is_behind_pooler,
            clock: Arc::clone(&project.clock),
            known_login: KnownLogin::default(),
        };
        core.project_store().insert_first(given).map_err(|_| {
            let remedy = "give a project one pool, at start-up";
            Problem::new(FIELD, "has a pool of `sqlx` already", remedy)
        })?;
        Ok(self)
    }

    /// Connects to the database and checks that the login role of the `sqlx` pool is safe to use, as
    /// [`check_postgres`](Self::check_postgres) does. Also reads the settings of the roles anew. Call it at
    /// start-up; the first transaction does it otherwise.
    ///
    /// # Errors
    /// [`Error::Configuration`] for `postgres` with every problem of the login role and how to mend it, or
    /// without a pool; [`Error::Postgres`] when the database did not answer.
    pub async fn check_sqlx(&self) -> Result<(), Error> {
        let pool = GivenPool::of(&self.core_without_user())?;
        pool.known_login.forget();
        let checking = async {
            let mut lease = pool.lease().await?;
            pool.login(&mut lease).await.map(drop)
        };
        let checked = with_timeout(&*pool.clock, pool.timeout, pin!(checking)).await;
        checked.unwrap_or_else(|| {
            Err(PostgresError::Timeout {
                after: pool.timeout,
                phase: PostgresPhase::Connection,
                may_have_committed: false,
            }
            .into())
        })
    }
}
