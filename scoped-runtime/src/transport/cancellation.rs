use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::futures::Notified;

use super::SendAs;
use crate::clock::{Clock, Sleep};
use crate::error::{ClientError, Error, Phase};
use crate::session::CloseFlag;

/// The moment by which a request must have ended.
pub(super) struct Deadline {
    clock: Arc<dyn Clock>,
    at: Duration,
    timeout: Duration,
}

impl Deadline {
    pub(super) fn after(clock: &Arc<dyn Clock>, timeout: Duration) -> Self {
        Self {
            at: clock.monotonic().saturating_add(timeout),
            clock: Arc::clone(clock),
            timeout,
        }
    }

    pub(super) fn has_passed(&self) -> bool {
        self.clock.monotonic() >= self.at
    }

    pub(super) fn time_left(&self) -> Duration {
        self.at.saturating_sub(self.clock.monotonic())
    }

    /// The error for a request that was in this phase when the deadline passed.
    pub(super) fn missed(&self, phase: Phase) -> Error {
        let after = self.timeout;
        ClientError::Timeout { after, phase }.into()
    }
}

/// Ends every wait of a request when its deadline passes or its client is closed.
pub(super) struct Cancellation<'a, 'p> {
    pub(super) deadline: &'p Deadline,
    sleep: Sleep,
    close_flag: Option<&'a CloseFlag>,
    changed: Pin<&'p mut Option<Notified<'a>>>,
}

impl<'a, 'p> Cancellation<'a, 'p> {
    pub(super) fn new(
        deadline: &'p Deadline,
        sender: SendAs<'a>,
        mut changed: Pin<&'p mut Option<Notified<'a>>>,
    ) -> Self {
        let close_flag = match sender {
            SendAs::WithoutToken => None,
            SendAs::User { close_flag, .. } => Some(close_flag),
        };
        changed.set(close_flag.map(CloseFlag::changed));
        Self {
            sleep: deadline.clock.sleep_until(deadline.at),
            deadline,
            close_flag,
            changed,
        }
    }

    /// Awaits the future until the deadline passes or the client is closed, which are errors. The future stays
    /// pinned where it is: moved into this one, it would take its size twice.
    pub(super) async fn run<T>(
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
            let Some(close_flag) = self.close_flag else {
                return Poll::Pending;
            };
            loop {
                let is_notified = self
                    .changed
                    .as_mut()
                    .as_pin_mut()
                    .is_some_and(|changed| changed.poll(cx).is_ready());
                if close_flag.is_closed() {
                    return Poll::Ready(Err(ClientError::Closed.into()));
                }
                if !is_notified {
                    return Poll::Pending;
                }
                // Another client of the user was closed.
                self.changed.set(Some(close_flag.changed()));
            }
        })
        .await
    }
}
