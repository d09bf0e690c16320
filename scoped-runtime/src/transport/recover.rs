//! Retries: whether and when a failed attempt is repeated.

use std::pin::pin;
use std::time::Duration;

use super::exchange::Exchange;
use super::retry::backoff;
use super::{Retry, SendAs};
use crate::error::{ApiError, ClientError, Error, Phase};
use crate::metrics::{self, RetryReason};

/// The error of one attempt, and what it means for a retry.
pub(super) struct AttemptError {
    pub(super) error: Error,
    /// Whether any byte of the request may have been sent.
    pub(super) was_sent: bool,
    /// Whether the service refused the token as expired.
    pub(super) is_expired_token: bool,
    /// Whether a retry may succeed.
    pub(super) is_transient: bool,
    /// The `Retry-After` header of the response.
    pub(super) retry_after: Option<Duration>,
}

impl AttemptError {
    pub(super) fn permanent(error: Error) -> Self {
        Self {
            error,
            was_sent: true,
            is_expired_token: false,
            is_transient: false,
            retry_after: None,
        }
    }
}

impl From<Error> for AttemptError {
    fn from(error: Error) -> Self {
        Self::permanent(error)
    }
}

/// The pause before a request is repeated whose token is from the future by the server's clock.
const CLOCK_PAUSE: Duration = Duration::from_secs(1);
/// The minimum number of retries for requests of which no byte was sent.
const MIN_UNSENT_RETRIES: u32 = 3;

impl Exchange<'_, '_> {
    /// Gives the request a token that has not expired; waits for a renewal that is needed.
    pub(super) async fn renew_token(&mut self) -> Result<(), Error> {
        let SendAs::User { source, close_flag } = self.sender else {
            return Ok(());
        };
        if close_flag.is_closed() {
            return Err(ClientError::Closed.into());
        }
        self.token = Some(match source.current() {
            Some(token) => token,
            None => {
                self.cancellation
                    .run(Phase::Token, pin!(source.token_async()))
                    .await??
            }
        });
        Ok(())
    }

    /// Returns when the request is to be sent again, and the error if it is not.
    pub(super) async fn recover(&mut self, failed: AttemptError) -> Result<(), Error> {
        let AttemptError {
            error,
            was_sent,
            is_expired_token,
            is_transient,
            retry_after,
        } = failed;
        let is_repeatable = !self.has_upload || self.upload.is_some();
        if !is_repeatable {
            return Err(error);
        }
        if is_expired_token && !self.is_token_replaced {
            return self.replace_token(error).await;
        }
        let reads = Retry::Reads.allows(&self.request.method);
        if let Error::Api(api) = &error
            && reads
            && !self.has_waited_for_clock
            && is_from_the_future(api)
        {
            self.has_waited_for_clock = true;
            self.pause(CLOCK_PAUSE, error).await?;
            metrics::retried(&self.request.target, RetryReason::Clock);
            return Ok(());
        }
        let retries = self.transport.connector.connections.retries;
        let (is_allowed, max) = if was_sent {
            let is_allowed = self.request.retry.allows(&self.request.method);
            (is_allowed && is_transient, retries)
        } else {
            let max = if self.request.retry == Retry::Never {
                1
            } else {
                retries.max(MIN_UNSENT_RETRIES)
            };
            (is_transient, max)
        };
        if !is_allowed || self.retries >= max || (was_sent && !self.transport.retry_budget.spend())
        {
            return Err(error);
        }
        self.retries += 1;
        self.span.record_retry(self.retries);
        // If the connection was closed while it was idle, the next one is likely to work: no pause is needed.
        if was_sent || self.retries > 1 {
            let pause = backoff(self.retries - 1).max(retry_after.unwrap_or_default());
            self.pause(pause, error).await?;
        }
        metrics::retried(&self.request.target, RetryReason::Failure);
        self.renew_token().await
    }

    async fn replace_token(&mut self, error: Error) -> Result<(), Error> {
        self.is_token_replaced = true;
        let (SendAs::User { source, .. }, Some(refused)) = (self.sender, self.token.take()) else {
            return Err(error);
        };
        let Some(fresh) = source.replace(&refused) else {
            return Err(error);
        };
        self.token = Some(self.cancellation.run(Phase::Token, pin!(fresh)).await??);
        metrics::retried(&self.request.target, RetryReason::ExpiredToken);
        Ok(())
    }

    /// Waits for the pause; returns `error` if the deadline would pass first.
    async fn pause(&mut self, pause: Duration, error: Error) -> Result<(), Error> {
        if pause >= self.cancellation.deadline.time_left() {
            return Err(error);
        }
        let clock = &self.transport.connector.clock;
        let moment = clock.monotonic().saturating_add(pause);
        self.cancellation
            .run(Phase::Retry, pin!(clock.sleep_until(moment)))
            .await
    }
}

/// Whether the server said `JWT issued at future`: its clock is behind ours by more than its leeway.
fn is_from_the_future(error: &ApiError) -> bool {
    error.status() == 401
        && matches!(error.code(), Some("PGRST301" | "PGRST303"))
        && error.message().to_ascii_lowercase().contains("future")
}
