use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::futures::Notified;

use crate::clock::{Clock, Sleep};
use crate::error::{ClientError, Error, Phase};
use crate::session::{Life, TokenSource};
use crate::token::AccessToken;

/// Who a request is sent as.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    /// Nobody: for the project's public keys.
    Public,
    User {
        source: &'a dyn TokenSource,
        life: &'a Life,
    },
}

/// Why a request must not begin to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Closed,
    /// The token has ended; a fresh one is needed.
    Token,
    Deadline,
}

thread_local! {
    static IS_PASSING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is within a gate, where no code of a user may run: it could close the client, and
/// wait for itself.
pub(super) fn is_passing() -> bool {
    IS_PASSING.get()
}

struct Passing(bool);

impl Passing {
    fn begin() -> Self {
        Self(IS_PASSING.replace(true))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        IS_PASSING.set(self.0);
    }
}

/// What is looked at where bytes leave.
#[derive(Clone, Copy)]
pub(super) struct Gate<'a> {
    pub(super) sender: As<'a>,
    pub(super) token: Option<&'a AccessToken>,
    pub(super) deadline: &'a Deadline,
}

impl Gate<'_> {
    /// Begins to write, unless that is not allowed any more. Closing the client waits for it.
    pub(super) fn pass<T>(&self, begin: impl FnOnce() -> T) -> Result<T, Refusal> {
        let begin = || {
            if self.deadline.is_over() {
                return Err(Refusal::Deadline);
            }
            if let (As::User { source, .. }, Some(token)) = (self.sender, self.token)
                && !source.is_live(token)
            {
                return Err(Refusal::Token);
            }
            let _passing = Passing::begin();
            Ok(begin())
        };
        match self.sender {
            As::Public => begin(),
            As::User { life, .. } => life.if_open(begin).unwrap_or(Err(Refusal::Closed)),
        }
    }
}

/// The moment at which a request must have ended.
pub(super) struct Deadline {
    clock: Arc<dyn Clock>,
    at: Duration,
    limit: Duration,
}

impl Deadline {
    pub(super) fn after(clock: &Arc<dyn Clock>, limit: Duration) -> Self {
        Self {
            at: clock.monotonic().saturating_add(limit),
            clock: Arc::clone(clock),
            limit,
        }
    }

    fn is_over(&self) -> bool {
        self.clock.monotonic() >= self.at
    }

    pub(super) fn left(&self) -> Duration {
        self.at.saturating_sub(self.clock.monotonic())
    }

    pub(super) fn missed(&self, phase: Phase) -> Error {
        let after = self.limit;
        ClientError::Timeout { after, phase }.into()
    }
}

/// Ends what a request waits for when its time is over or its client is closed.
pub(super) struct Watch<'a, 'p> {
    pub(super) deadline: &'p Deadline,
    sleep: Sleep,
    life: Option<&'a Life>,
    changed: Pin<&'p mut Option<Notified<'a>>>,
}

impl<'a, 'p> Watch<'a, 'p> {
    pub(super) fn new(
        deadline: &'p Deadline,
        sender: As<'a>,
        mut changed: Pin<&'p mut Option<Notified<'a>>>,
    ) -> Self {
        let life = match sender {
            As::Public => None,
            As::User { life, .. } => Some(life),
        };
        changed.set(life.map(Life::changed));
        Self {
            sleep: deadline.clock.sleep_until(deadline.at),
            deadline,
            life,
            changed,
        }
    }

    /// Waits for this, but no longer than is right. It stays where it is pinned: moved in here, it would
    /// take its room twice.
    pub(super) async fn within<T>(
        &mut self,
        phase: Phase,
        mut work: Pin<&mut impl Future<Output = T>>,
    ) -> Result<T, Error> {
        std::future::poll_fn(|cx| {
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(done));
            }
            if self.sleep.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(self.deadline.missed(phase)));
            }
            let Some(life) = self.life else {
                return Poll::Pending;
            };
            loop {
                let told = self
                    .changed
                    .as_mut()
                    .as_pin_mut()
                    .is_some_and(|changed| changed.poll(cx).is_ready());
                if life.is_closed() {
                    return Poll::Ready(Err(ClientError::Closed.into()));
                }
                if !told {
                    return Poll::Pending;
                }
                // Another client of the user was closed.
                self.changed.set(Some(life.changed()));
            }
        })
        .await
    }
}
