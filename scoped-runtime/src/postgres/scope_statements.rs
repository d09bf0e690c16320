use std::fmt;

use super::allowed_roles::AllowedRoles;
use super::call::{ANONYMOUS, claims_of, role_of};
use super::pool::Pool;
use super::scope::{ENTER, ScopeSpec, ScopeText};
use super::scoped_postgres::ScopedPostgres;
use crate::client::Mode;
use crate::error::Error;
use crate::token::UnsignedClaims;

/// The two statements that make a transaction the user's, for a driver that this library does not know. `Debug`
/// shows no claims. [`ScopedPostgres::statements`] returns it.
///
/// Send [`begin`](Self::begin) by itself, then [`enter`](Self::enter) with its two parameters (arrays of text), then
/// the statements, then `commit`. **Never join `begin` and `enter` with the statement into one**: policies are
/// decided when a statement is planned. Never let the parameters become a part of the SQL. If anything between
/// `begin` and the answer to `commit` is dropped or fails, roll back or close the connection before another
/// user gets it.
///
/// ```no_run
/// # async fn example(alice: scoped_runtime::ScopedClient, mut driver: tokio_postgres::Client)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// let statements = alice.postgres().statements().await?;
/// driver.batch_execute(statements.begin()).await?;
/// driver.query(statements.enter(), &[&statements.names(), &statements.values()]).await?;
/// driver.query("select body from notes", &[]).await?;
/// driver.batch_execute("commit").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ScopeStatements {
    begin: String,
    scope: ScopeText,
}

impl ScopeStatements {
    /// The statement that begins the transaction. It has no parameters.
    #[must_use]
    pub fn begin(&self) -> &str {
        &self.begin
    }

    /// The statement that enters the scope: role, claims, and the time limit of each statement, until the end of the
    /// transaction. Its parameters are [`names`](Self::names) and [`values`](Self::values), both `text[]`.
    #[must_use]
    pub fn enter(&self) -> &'static str {
        ENTER
    }

    /// The first parameter of [`enter`](Self::enter).
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.scope.names
    }

    /// The second parameter of [`enter`](Self::enter): the role and the claims are in it.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.scope.values
    }
}

impl<C, M: Mode> ScopedPostgres<C, M> {
    /// The statements that make a transaction of another driver the user's, with the isolation level, the time limit
    /// and read-only as they are set here. They hold as long as a token would: ask for new ones for each
    /// transaction. No pool is needed. With one, its allowed roles hold here too, else `authenticated` and `anon`;
    /// settings of the role (`alter role .. set ..`) are not among them.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a role that is not allowed, [`Error::Token`] when the claims cannot be minted,
    /// and [`Error::Client`] when the client is closed.
    pub async fn statements(&self) -> Result<ScopeStatements, Error> {
        let core = self.shared_core();
        core.check_open()?;
        let role = role_of(core);
        match Pool::of(core) {
            Ok(pool) => pool.settings.roles.check(role)?,
            Err(_) => AllowedRoles::default().check(role)?,
        }
        let claims = claims_of(core).await?;
        let options = self.options();
        let scope = ScopeText::new(&ScopeSpec {
            role,
            claims: claims.as_ref().map_or(ANONYMOUS, UnsignedClaims::json),
            role_settings: None,
            time_left: options.timeout.unwrap_or(core.settings().request_timeout),
            isolation: options.isolation,
            is_read_only: self.is_read_only(),
        });
        let begin = scope.begin();
        Ok(ScopeStatements { begin, scope })
    }
}

impl fmt::Debug for ScopeStatements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeStatements")
            .field("begin", &self.begin())
            .field("names", &self.names())
            .finish_non_exhaustive()
    }
}
