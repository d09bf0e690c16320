//! How a thread waits for what is written once, as async code.

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
use crate::token::AccessToken;
use crate::transport::{Response, TransportRequest};
use crate::verify::VerifiedToken;

/// What drives the blocking calls of a project: a runtime with one thread, for connections and
/// timers. The rest runs on the threads that call.
pub(super) struct Executor {
    /// Taken when this is dropped.
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
                format!("could not start its thread ({error})"),
                "raise the limit of threads",
            )
        })?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    /// Polls on this thread until it is done. Not `Runtime::block_on`, which panics where waiting is
    /// wrong.
    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        let _waiting = Waiting::begin();
        let _context = self.handle.enter();
        block_on(work)
    }
}

impl Drop for Executor {
    /// Without waiting: the last client may be dropped in a task, where a runtime must not wait.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

thread_local! {
    static IS_WAITING: Cell<bool> = const { Cell::new(false) };
}

/// While this thread polls what it waits for.
struct Waiting;

impl Waiting {
    fn begin() -> Self {
        IS_WAITING.set(true);
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        IS_WAITING.set(false);
    }
}

/// Waiting in a task would keep all others of its thread from running. Waiting in what is waited for,
/// such as an audit sink with a client, could be for itself.
fn may_wait() -> Result<(), ClientError> {
    // In a destructor of the thread's own values there is no runtime to enter any more.
    if Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed()) {
        return Err(ClientError::ThreadExiting);
    }
    if IS_WAITING.get() || is_in_task() {
        return Err(ClientError::InsideRuntime);
    }
    Ok(())
}

/// Whether this thread is polling a task. `Handle::try_current` alone says yes in `spawn_blocking`
/// too, where waiting is right; but only tasks have a budget, which can be used up.
fn is_in_task() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    // Gives back at the end what is used here.
    let Poll::Ready(_before) = coop::poll_proceed(&mut context) else {
        return true;
    };
    (0..u8::MAX).any(|_| match coop::poll_proceed(&mut context) {
        Poll::Ready(used) => {
            used.made_progress();
            false
        }
        Poll::Pending => true,
    })
}

impl Core {
    /// [`send`](Self::send), waited for.
    pub(crate) fn send_and_wait(&self, request: &TransportRequest) -> Result<Response, Error> {
        may_wait()?;
        let executor = self.project.executor()?;
        executor.wait(self.send(request))
    }

    /// A live token. Waits for a remote signer only.
    pub(crate) fn token_and_wait(&self) -> Result<AccessToken, Error> {
        match self.token() {
            Err(Error::Token(TokenError::AwaitSigner)) => {
                may_wait()?;
                self.project.executor()?.wait(self.token_async())
            }
            outcome => outcome,
        }
    }
}

impl ScopedClients {
    /// [`check_keys`](Self::check_keys), waited for.
    pub(crate) fn check_keys_and_wait(&self) -> Result<KeyCheck, Error> {
        may_wait()?;
        let executor = self.project.executor()?;
        executor.wait(self.check_keys())
    }

    /// [`health`](Self::health), waited for.
    pub(crate) fn health_and_wait(&self) -> Result<Health, Error> {
        may_wait()?;
        let executor = self.project.executor()?;
        Ok(executor.wait(self.health()))
    }

    /// [`authenticate`](Self::authenticate), waited for.
    pub(crate) fn authenticate_and_wait<C>(&self, header: &str) -> Result<VerifiedToken<C>, Error>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        may_wait()?;
        let executor = self.project.executor()?;
        Ok(executor.wait(self.authenticate(header))?)
    }
}
