use std::any::TypeId;

use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use crate::error::{ConfigurationError, Problem};

/// What [`PostgresPool::new`](crate::PostgresPool::new) takes as the address of the database: a
/// [`tokio_postgres::Config`], or a connection string such as `postgres://app:password@db.example.com/postgres`.
/// The trait is sealed.
pub trait ToPostgresConfig: sealed::Sealed {
    /// The address as a configuration of the driver.
    ///
    /// # Errors
    /// [`ConfigurationError`] for a text that is not a connection string. It does not quote the text, which
    /// contains the password.
    fn to_postgres_config(self) -> Result<Config, ConfigurationError>;
}

impl ToPostgresConfig for Config {
    fn to_postgres_config(self) -> Result<Config, ConfigurationError> {
        Ok(self)
    }
}

impl ToPostgresConfig for &str {
    fn to_postgres_config(self) -> Result<Config, ConfigurationError> {
        // The driver's message may quote a part of the text.
        self.trim().parse().map_err(|_| {
            Problem::new(
                FIELD,
                "is not a connection string of PostgreSQL",
                "write `postgres://user:password@host:5432/postgres`, and percent-encode special characters of \
                 the password",
            )
            .into()
        })
    }
}

impl ToPostgresConfig for String {
    fn to_postgres_config(self) -> Result<Config, ConfigurationError> {
        self.as_str().to_postgres_config()
    }
}

impl ToPostgresConfig for &String {
    fn to_postgres_config(self) -> Result<Config, ConfigurationError> {
        self.as_str().to_postgres_config()
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for tokio_postgres::Config {}
    impl Sealed for &str {}
    impl Sealed for String {}
    impl Sealed for &String {}
}

/// The field of errors about the address and the login role of the pool.
pub(super) const FIELD: &str = "postgres";

/// Checks that the address names a server and a user. With a TLS connector, TLS is required: the driver's
/// default would go on without it when the server, or an attacker in between, says that it has none.
pub(super) fn checked<T: 'static>(mut config: Config) -> Result<Config, ConfigurationError> {
    let mut problems = Vec::new();
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        let remedy = "name it, as in `postgres://user:password@host:5432/postgres`";
        problems.push(Problem::new(FIELD, "has no host", remedy));
    }
    if config.get_user().is_none_or(str::is_empty) {
        let remedy = "name the login role; `docs::postgres` shows how to make one";
        problems.push(Problem::new(FIELD, "has no user", remedy));
    }
    let has_tls = TypeId::of::<T>() != TypeId::of::<NoTls>();
    match config.get_ssl_mode() {
        SslMode::Prefer if has_tls => {
            config.ssl_mode(SslMode::Require);
        }
        SslMode::Require if !has_tls => problems.push(Problem::new(
            FIELD,
            "requires TLS (`sslmode=require`), and `NoTls` cannot do it",
            "pass a TLS connector, such as that of `tokio-postgres-rustls`",
        )),
        _ => {}
    }
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(ConfigurationError::new(problems))
    }
}
