//! Runs the async implementation of a call to completion on the calling thread, for blocking clients.

use std::cell::Cell;
use std::future::Future;
use std::task::{Context, Poll, Waker};

use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::coop;

use super::{Core, Health, KeyCheck, ScopedClients};
use crate::claims::ScopedClaims;
use crate::error::{ClientError, ConfigurationError, Error, Problem, TokenError};
use crate::session::block_on;
use crate::thread_flag::Flagged;
use crate::token::AccessToken;
use crate::transport::{Response, TransportRequest};
use crate::verify::VerifiedToken;

/// Drives the blocking calls of a project: a tokio runtime whose one thread serves connections and timers.
/// The futures themselves are polled on the calling threads.
pub(super) struct Executor {
    /// `None` only while the executor is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Executor {
    pub(super) fn new() -> Result<Self, ConfigurationError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("scoped-runtime")
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| {
            Problem::new(
                "blocking",
                format!("could not start the thread of its runtime ({error})"),
                "raise the limit of threads of the process",
            )
        })?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    /// Polls the future on this thread until it is ready. `Runtime::block_on` would panic inside of an async
    /// context, where `check_may_wait` returns an error.
    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let _waiting = Flagged::begin(&IS_WAITING);
        let _context = self.handle.enter();
        block_on(future)
    }
}

impl Drop for Executor {
    /// Shuts the runtime down without waiting, since the last client may be dropped inside of a task, where
    /// waiting for a runtime panics.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

thread_local! {
    /// Whether this thread waits in [`Executor::wait`].
    static IS_WAITING: Cell<bool> = const { Cell::new(false) };
}

/// Refuses to block where it does harm: inside of a task, where it would stall the other tasks of the
/// thread, and inside of a call that already blocks (such as in an audit sink with a blocking client), where
/// the call could wait for itself.
fn check_may_wait() -> Result<(), ClientError> {
    // While the thread's local values are destroyed, tokio's context cannot be entered any more.
    if Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed()) {
        return Err(ClientError::ThreadExiting);
    }
    if IS_WAITING.get() || is_in_task() {
        return Err(ClientError::InsideRuntime);
    }
    Ok(())
}

/// Whether this thread is polling a task of tokio. `Handle::try_current` also succeeds inside of
/// `spawn_blocking`, where blocking is allowed. Only a task has a cooperative budget that can be exhausted,
/// so the budget tells the two apart.
fn is_in_task() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    // When it is dropped, this guard restores the budget that the probe consumes.
    let Poll::Ready(_budget) = coop::poll_proceed(&mut context) else {
        return true;
    };
    (0..u8::MAX).any(|_| match coop::poll_proceed(&mut context) {
        Poll::Ready(unit) => {
            unit.made_progress();
            false
        }
        Poll::Pending => true,
    })
}

impl Core {
    /// Waits for the work of a method that sends requests.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        check_may_wait()?;
        self.project.executor()?.wait(work)
    }

    /// [`send`](Self::send), blocking.
    pub(crate) fn send_and_wait(&self, request: &TransportRequest) -> Result<Response, Error> {
        self.wait(self.send(request))
    }

    /// Returns a live token. Blocks only for a remote signer.
    pub(crate) fn token_and_wait(&self) -> Result<AccessToken, Error> {
        match self.token() {
            Err(Error::Token(TokenError::AwaitSigner)) => {
                check_may_wait()?;
                self.project.executor()?.wait(self.token_async())
            }
            outcome => outcome,
        }
    }
}

impl ScopedClients {
    /// [`check_keys`](Self::check_keys), blocking.
    pub(crate) fn check_keys_and_wait(&self) -> Result<KeyCheck, Error> {
        check_may_wait()?;
        let executor = self.project.executor()?;
        executor.wait(self.check_keys())
    }

    /// [`health`](Self::health), blocking.
    pub(crate) fn health_and_wait(&self) -> Result<Health, Error> {
        check_may_wait()?;
        let executor = self.project.executor()?;
        Ok(executor.wait(self.health()))
    }

    /// [`authenticate`](Self::authenticate), blocking.
    pub(crate) fn authenticate_and_wait<C>(&self, header: &str) -> Result<VerifiedToken<C>, Error>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        check_may_wait()?;
        let executor = self.project.executor()?;
        Ok(executor.wait(self.authenticate(header))?)
    }
}
