//! What a failure means: whether, when and how a request is sent again.

use std::pin::pin;
use std::time::Duration;

use super::Retry;
use super::exchange::Exchange;
use super::gate::As;
use super::retry::backoff;
use crate::error::{ApiError, ClientError, Error, Phase};
use crate::metrics::{self, RetryReason};

/// A failure, and what it says of sending the request again.
pub(super) struct Trouble {
    pub(super) error: Error,
    /// Whether a byte of the request may have left.
    pub(super) has_left: bool,
    /// Whether another connection may do better.
    pub(super) is_passing: bool,
    /// When the server wants to be asked again.
    pub(super) after: Option<Duration>,
}

impl Trouble {
    pub(super) fn fatal(error: Error) -> Self {
        Self {
            error,
            has_left: true,
            is_passing: false,
            after: None,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::fatal(error)
    }
}

/// How long a server's clock is waited for that says a token is from the future.
const CLOCK_PAUSE: Duration = Duration::from_secs(1);
/// Requests of which no byte had left are sent again so often at least.
const LEAST_TRIES: u32 = 3;

impl Exchange<'_, '_> {
    /// Has a live token from now on, waiting for one if need be.
    pub(super) async fn renew(&mut self) -> Result<(), Error> {
        let As::User { source, life } = self.sender else {
            return Ok(());
        };
        if life.is_closed() {
            return Err(ClientError::Closed.into());
        }
        self.token = Some(match source.present() {
            Some(token) => token,
            None => {
                self.watch
                    .within(Phase::Token, pin!(source.token_async()))
                    .await??
            }
        });
        Ok(())
    }

    /// Decides what a failure means: returns when the request is to be sent again.
    pub(super) async fn recover(&mut self, trouble: Trouble) -> Result<(), Error> {
        let Trouble {
            error,
            has_left,
            is_passing,
            after,
        } = trouble;
        let is_repeatable = !self.has_upload || self.upload.is_some();
        if !is_repeatable {
            return Err(error);
        }
        if let Error::Api(api) = &error {
            if api.is_expired_token() && !self.is_token_replaced {
                return self.replace_token(error).await;
            }
            let reads = Retry::Reads.allows(&self.request.method);
            if reads && !self.has_waited_for_clock && is_from_the_future(api) {
                self.has_waited_for_clock = true;
                self.pause(CLOCK_PAUSE, error).await?;
                metrics::retried(&self.request.target, RetryReason::Clock);
                return Ok(());
            }
        }
        let retries = self.transport.connector.connections.retries;
        let (may, most) = if has_left {
            let may = self.request.retry.allows(&self.request.method);
            (may && is_passing, retries)
        } else {
            let most = if self.request.retry == Retry::Never {
                1
            } else {
                retries.max(LEAST_TRIES)
            };
            (is_passing, most)
        };
        if !may || self.tries >= most || (has_left && !self.transport.budget.spend()) {
            return Err(error);
        }
        self.tries += 1;
        self.span.resent(self.tries);
        // A connection that died while it was idle says nothing of the next one.
        if has_left || self.tries > 1 {
            let pause = backoff(self.tries - 1).max(after.unwrap_or_default());
            self.pause(pause, error).await?;
        }
        metrics::retried(&self.request.target, RetryReason::Failure);
        self.renew().await
    }

    async fn replace_token(&mut self, error: Error) -> Result<(), Error> {
        self.is_token_replaced = true;
        let (As::User { source, .. }, Some(refused)) = (self.sender, self.token.take()) else {
            return Err(error);
        };
        let Some(fresh) = source.replace(&refused) else {
            return Err(error);
        };
        self.token = Some(self.watch.within(Phase::Token, pin!(fresh)).await??);
        metrics::retried(&self.request.target, RetryReason::ExpiredToken);
        Ok(())
    }

    /// Waits, unless the time is over before that.
    async fn pause(&mut self, pause: Duration, error: Error) -> Result<(), Error> {
        if pause >= self.watch.deadline.left() {
            return Err(error);
        }
        let clock = &self.transport.connector.clock;
        let moment = clock.monotonic().saturating_add(pause);
        self.watch
            .within(Phase::Retry, pin!(clock.sleep_until(moment)))
            .await
    }
}

/// `JWT issued at future`: the server's clock is behind ours by more than its leeway.
fn is_from_the_future(error: &ApiError) -> bool {
    error.status() == 401
        && matches!(error.code(), Some("PGRST301" | "PGRST303"))
        && error.message().to_ascii_lowercase().contains("future")
}
