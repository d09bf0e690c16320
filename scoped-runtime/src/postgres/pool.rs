use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed;
use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Socket};

use super::allowed_roles::AllowedRoles;
use super::checked_login::CheckedLogin;
use super::config::{self, ToPostgresConfig};
use super::connector::{Connector, Dial, WithTls};
use super::driver_error::no_connection;
use super::known_login::KnownLogin;
use super::lease::Lease;
use super::pooled_client::ClientManager;
use super::statement::Statement;
use crate::claims::Role;
use crate::client::Core;
use crate::clock::Clock;
use crate::error::{ClientError, ConfigurationError, Error, PostgresError, Problem};

/// Connections to the project's database, for SQL that runs as the user of a client (feature `postgres`).
/// [`ScopedClients::with_postgres`](crate::ScopedClients::with_postgres) gives the pool to a project; connections are made when they are needed.
///
/// The login role must have no rights of its own: it may only become the roles of users.
/// [The guide](crate::docs::postgres) has the SQL that makes one. Before the first statement, and in
/// [`ScopedClients::check_postgres`](crate::ScopedClients::check_postgres), the pool checks it.
///
/// ```
/// use scoped_runtime::{PostgresPool, ScopedClients, tokio_postgres::NoTls};
///
/// # fn example(clients: ScopedClients) -> Result<(), scoped_runtime::Error> {
/// // `NoTls` is for a database on the same machine; anywhere else, pass the connector of a TLS library.
/// let pool = PostgresPool::new("postgres://app:password@localhost/postgres", NoTls)?.max_size(8);
/// let clients = clients.with_postgres(pool)?;
/// # Ok(()) }
/// ```
#[must_use = "give it to a project with `ScopedClients::with_postgres`"]
pub struct PostgresPool {
    config: Config,
    connector: Arc<dyn Connector>,
    settings: PoolSettings,
}

#[derive(Debug, Clone)]
pub(super) struct PoolSettings {
    max_size: usize,
    pub(super) roles: AllowedRoles,
    timeout: Option<Duration>,
    pub(super) is_behind_pooler: bool,
}

impl PoolSettings {
    /// The statement as it may be sent.
    pub(super) fn allow<'a>(
        &self,
        statement: Statement<'a>,
    ) -> Result<Statement<'a>, PostgresError> {
        if self.is_behind_pooler {
            return statement.without_name();
        }
        Ok(statement)
    }
}

impl PostgresPool {
    /// A pool of connections to this database: a connection string, or a [`Config`] of the driver.
    ///
    /// `tls` is the connector of a TLS library, such as `tokio-postgres-rustls`; it also carries cancellations.
    /// TLS is then required, unless the connection string says `sslmode=disable`. With
    /// [`NoTls`](https://docs.rs/tokio-postgres/latest/tokio_postgres/struct.NoTls.html), claims and rows cross the network unprotected.
    ///
    /// # Errors
    /// [`ConfigurationError`] for `postgres`: the text is not a connection string, or names no host or user, or
    /// requires TLS that `tls` cannot do. The error does not quote the text.
    pub fn new<T>(config: impl ToPostgresConfig, tls: T) -> Result<Self, ConfigurationError>
    where
        T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
        T::Stream: Sync + Send,
        T::TlsConnect: Sync + Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        Ok(Self {
            config: config::checked::<T>(config.to_postgres_config()?)?,
            connector: Arc::new(WithTls(tls)),
            settings: PoolSettings {
                max_size: 10,
                roles: AllowedRoles::default(),
                timeout: None,
                is_behind_pooler: false,
            },
        })
    }

    /// Sets how many connections the pool holds at most; 10 by default. A call that finds all of them in use
    /// waits.
    pub fn max_size(mut self, connections: usize) -> Self {
        self.settings.max_size = connections;
        self
    }

    /// Allows statements to run as these roles, in addition to `authenticated` and `anon`. A client in another
    /// role is refused before anything is sent. The login role must be a member of each.
    pub fn roles(mut self, roles: impl IntoIterator<Item = Role>) -> Self {
        self.settings.roles.add(roles);
        self
    }

    /// Sets the time limit of a call, with everything in it: the renewal of the claims, the wait for a
    /// connection, and the statement or the whole transaction. The default is the project's
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout). The server gets what is left of it as
    /// `statement_timeout`, unless the role's own is shorter.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// Says that a transaction pooler stands before the database: Supavisor on port 6543, or `PgBouncer` with
    /// `pool_mode = transaction`. Each transaction may then use another connection of the server, so nothing
    /// that has a name can be kept on one: statements with parameters need their types
    /// ([`ScopedPostgres::query_typed`](crate::ScopedPostgres::query_typed)), and others are refused with
    /// [`PostgresError::NeedsTypes`](crate::PostgresError::NeedsTypes).
    pub fn transaction_pooler(mut self, is_there: bool) -> Self {
        self.settings.is_behind_pooler = is_there;
        self
    }
}

/// Shows neither the password nor the address.
impl fmt::Debug for PostgresPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresPool")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// The pool of a project.
pub(super) struct Pool {
    connections: managed::Pool<ClientManager>,
    pub(super) connector: Arc<dyn Connector>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: PoolSettings,
    /// The time limit of a call.
    pub(super) timeout: Duration,
    pub(super) known_login: KnownLogin,
}

impl Pool {
    pub(super) fn new(pool: PostgresPool, core: &Core) -> Result<Self, ConfigurationError> {
        let PostgresPool {
            mut config,
            connector,
            settings,
        } = pool;
        let project = core.settings();
        let timeout = settings.timeout.unwrap_or(project.request_timeout);
        let mut problems = Vec::new();
        if settings.max_size == 0 {
            let remedy = "allow at least one connection, or leave it out";
            problems.push(Problem::new("max_size", "is zero", remedy));
        }
        if timeout.is_zero() {
            problems.push(Problem::new("timeout", "is zero", "set a longer timeout"));
        }
        if !problems.is_empty() {
            return Err(ConfigurationError::new(problems));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(project.connect_timeout);
        }
        if config.get_application_name().is_none() {
            config.application_name("scoped-runtime");
        }
        let manager = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = ClientManager {
            clients: Manager::from_connect(config, Dial(Arc::clone(&connector)), manager),
            is_behind_pooler: settings.is_behind_pooler,
        };
        // The connection that was used last is taken first: the processor's caches still hold what its server process needs.
        let connections = managed::Pool::builder(manager)
            .max_size(settings.max_size)
            .queue_mode(managed::QueueMode::Lifo);
        let connections = connections.build().map_err(|error| {
            let reason = format!("cannot be pooled ({error})");
            Problem::new(config::FIELD, reason, "report this as a bug")
        })?;
        Ok(Self {
            connections,
            connector,
            clock: Arc::clone(&project.clock),
            settings,
            timeout,
            known_login: KnownLogin::default(),
        })
    }

    /// The pool of the client's project.
    pub(super) fn of(core: &Core) -> Result<Arc<Self>, ConfigurationError> {
        core.project_store().get::<Self>().ok_or_else(|| {
            let remedy = "give the project a pool at start-up, with `ScopedClients::with_postgres`";
            Problem::new(config::FIELD, "is not configured for this project", remedy).into()
        })
    }

    /// Waits for a connection whose session is clean.
    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease, Error> {
        let runtime = Handle::try_current().map_err(|_| ClientError::NoRuntime)?;
        loop {
            let object = self.connections.get().await.map_err(no_connection)?;
            let lease = Lease::new(object, self, runtime.clone());
            if lease.finish_cleaning().await {
                return Ok(lease);
            }
        }
    }

    /// What is known of the login role. The first call asks the server, over this connection.
    pub(super) async fn login(&self, lease: &Lease) -> Result<Arc<CheckedLogin>, Error> {
        let ask = || CheckedLogin::ask(lease, &self.settings.roles).boxed();
        self.known_login.get_or_ask(ask).await
    }
}
