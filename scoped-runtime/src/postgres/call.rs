use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, join, maybe_done, select};
use tokio_postgres::IsolationLevel;

use super::lease::{CANCEL_LIMIT, GRACE, Lease};
use super::pool::Pool;
use super::scope::{Scope, ScopeSpec};
use crate::client::Core;
use crate::clock::with_timeout;
use crate::error::{ClientError, Error, PostgresError, PostgresPhase, TokenError};
use crate::token::UnsignedClaims;

/// How calls are made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(super) timeout: Option<Duration>,
    pub(super) isolation: Option<IsolationLevel>,
    pub(super) is_read_only: bool,
}

/// One call: a statement, or a transaction.
pub(super) struct Call {
    pub(super) core: Arc<Core>,
    pub(super) pool: Arc<Pool>,
    pub(super) options: Options,
    /// The time limit of the call.
    after: Duration,
    /// When it passes, by the monotonic clock.
    deadline: Duration,
}

/// A connection, and what has to be sent over it first.
pub(super) struct Opened {
    pub(super) lease: Lease,
    pub(super) scope: Scope,
    pub(super) gate: WriteGate,
}

impl Call {
    pub(super) fn new(core: &Arc<Core>, pool: Arc<Pool>, options: Options) -> Self {
        let after = options.timeout.unwrap_or(pool.timeout);
        Self {
            core: Arc::clone(core),
            after,
            deadline: pool.clock.monotonic().saturating_add(after),
            pool,
            options,
        }
    }

    /// Whether the transaction may not write.
    pub(super) fn is_read_only(&self) -> bool {
        self.options.is_read_only || self.core.is_read_only()
    }

    /// Checks the login role of the pool.
    pub(super) async fn check(&self) -> Result<(), Error> {
        let work = async {
            let lease = self.pool.lease().await?;
            self.pool.login(&lease).await.map(drop)
        };
        let checked = self.before_deadline(work).await;
        checked.unwrap_or_else(|| Err(self.timeout(PostgresPhase::Connection, false).into()))
    }

    /// Gets live claims, then a connection, then claims that are still live.
    pub(super) async fn open(&self) -> Result<Opened, Error> {
        self.core.check_open()?;
        let role = role_of(&self.core);
        self.pool.settings.roles.check(role)?;
        let mut phase = PostgresPhase::Claims;
        let opened = {
            let work = async {
                let mut claims = claims_of(&self.core).await?;
                phase = PostgresPhase::Connection;
                let lease = self.pool.lease().await?;
                let login = self.pool.login(&lease).await?;
                if !are_live(&self.core, claims.as_ref()) {
                    phase = PostgresPhase::Claims;
                    claims = claims_of(&self.core).await?;
                }
                let spec = ScopeSpec {
                    role,
                    claims: claims.as_ref().map_or(ANONYMOUS, UnsignedClaims::json),
                    role_settings: login.settings.get(role),
                    time_left: self.deadline.saturating_sub(self.pool.clock.monotonic()),
                    isolation: self.options.isolation,
                    is_read_only: self.is_read_only(),
                };
                let scope = Scope::new(&spec, !self.pool.settings.is_behind_pooler)?;
                let gate = WriteGate::new(&self.core, claims);
                Ok(Opened { lease, scope, gate })
            };
            self.before_deadline(work).await
        };
        opened.unwrap_or_else(|| Err(self.timeout(phase, false).into()))
    }

    /// Awaits what happens before anything is sent, until the deadline (`None`) or the close of the client.
    async fn before_deadline<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        let (work, closed) = (pin!(work), pin!(self.core.close_flag().wait_closed()));
        let ended = select(closed, self.pool.clock.sleep_until(self.deadline));
        match select(work, ended).await {
            Either::Left((done, _)) => Some(done),
            Either::Right((Either::Left(_), _)) => Some(Err(ClientError::Closed.into())),
            Either::Right((Either::Right(_), _)) => None,
        }
    }

    fn timeout(&self, phase: PostgresPhase, may_have_committed: bool) -> PostgresError {
        PostgresError::Timeout {
            after: self.after,
            phase,
            may_have_committed,
        }
    }

    /// Awaits what was sent. When the time has passed, the server is told to cancel it, and its answer decides
    /// what is reported: a result that came after all, or the end of the statement.
    pub(super) async fn finish<T>(
        &self,
        lease: &Lease,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let clock = &*self.pool.clock;
        let mut work = pin!(work);
        if let Either::Left((done, _)) =
            select(work.as_mut(), clock.sleep_until(self.deadline)).await
        {
            return done;
        }
        // The server has the same limit, and may be about to end the statement by itself.
        if let Some(done) = with_timeout(clock, GRACE, work.as_mut()).await {
            return done;
        }
        let cancelling = pin!(join(lease.cancel(), work));
        match with_timeout(clock, CANCEL_LIMIT, cancelling).await {
            Some(((), Err(Error::Postgres(error)))) if error.is_cancelled() => {
                Err(self.timeout(PostgresPhase::Statement, false).into())
            }
            Some(((), outcome)) => outcome,
            None => {
                let may_have_committed = lease.is_commit_sent() && !self.is_read_only();
                Err(self
                    .timeout(PostgresPhase::Statement, may_have_committed)
                    .into())
            }
        }
    }

    /// Awaits the work of a transaction. Its statements end at the deadline by themselves; if the work awaits
    /// something else, it is dropped a little later.
    pub(super) async fn limit<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let end = self
            .deadline
            .saturating_add(GRACE)
            .saturating_add(CANCEL_LIMIT);
        match select(pin!(work), self.pool.clock.sleep_until(end)).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(_) => Err(self.timeout(PostgresPhase::Statement, false).into()),
        }
    }
}

/// The claims that PostgREST sets for a request with the API key alone.
pub(super) const ANONYMOUS: &str = r#"{"role":"anon"}"#;

/// The role of the client.
pub(super) fn role_of(core: &Core) -> &str {
    let source = core.identity_source();
    source.map_or("anon", |source| source.identity().role().as_str())
}

/// Live claims of the user; `None` for an anonymous client.
pub(super) async fn claims_of(core: &Core) -> Result<Option<UnsignedClaims>, Error> {
    let Some(source) = core.identity_source() else {
        return Ok(None);
    };
    if let Some(claims) = source.current_claims() {
        return Ok(Some(claims));
    }
    Ok(Some(source.claims_async().await?))
}

pub(super) fn are_live(core: &Core, claims: Option<&UnsignedClaims>) -> bool {
    match (core.identity_source(), claims) {
        (Some(source), Some(claims)) => source.are_live(claims),
        (None, None) => true,
        _ => false,
    }
}

/// What is looked at before messages are handed to a connection: the claims are live, and the client is open.
pub(super) struct WriteGate {
    core: Arc<Core>,
    claims: Option<UnsignedClaims>,
}

impl WriteGate {
    pub(super) fn new(core: &Arc<Core>, claims: Option<UnsignedClaims>) -> Self {
        Self {
            core: Arc::clone(core),
            claims,
        }
    }

    /// Runs the function, which polls futures for the first time, so that their messages are handed to the
    /// connection. No code of the application may run in it. After `close` has returned, it does not run.
    pub(super) async fn pass(&self, mut poll: impl FnMut(&mut Context<'_>)) -> Result<(), Error> {
        poll_fn(|context| Poll::Ready(self.pass_now(|| poll(context)))).await
    }

    /// Awaits a future that hands its messages to the connection when it is first polled.
    pub(super) async fn send<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        let mut future = pin!(maybe_done(future));
        self.pass(|context| _ = future.as_mut().poll(context))
            .await?;
        future.as_mut().await;
        let output = future.as_mut().take_output();
        output.ok_or_else(|| PostgresError::Abandoned.into())
    }

    fn pass_now(&self, run: impl FnOnce()) -> Result<(), Error> {
        if !are_live(&self.core, self.claims.as_ref()) {
            return Err(TokenError::Expired.into());
        }
        let passed = self.core.close_flag().if_open(run);
        passed.ok_or_else(|| ClientError::Closed.into())
    }
}
