use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::{CloseFlag, TokenSource};
use crate::clock::Clock;
use crate::error::{Error, TokenError};
use crate::token::AccessToken;

/// The tokens of a client, one after the other, for a connection that stays open longer than one token
/// lives. [`ScopedClient::subscribe`](crate::ScopedClient::subscribe) returns it.
///
/// There is no background task: the task that awaits [`next`](Self::next) does the renewal.
///
/// ```no_run
/// # async fn example(client: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let mut tokens = client.subscribe();
/// while let Some(token) = tokens.next().await {
///     let token = token?;
///     // send the new token over the connection
/// #   let _ = token;
/// }
/// // The client was closed, or its token has expired and is not renewed.
/// # Ok(()) }
/// ```
pub struct TokenWatch {
    source: Arc<dyn TokenSource>,
    close_flag: Arc<CloseFlag>,
    clock: Arc<dyn Clock>,
    last: Option<AccessToken>,
    is_ended: bool,
}

/// The longest sleep between two checks of the token: the wall clock may be set and the machine may sleep
/// in the meantime.
const MAX_SLEEP: Duration = Duration::from_secs(30);
/// The pause before the token is checked again when its renewal has failed.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

impl TokenWatch {
    pub(crate) fn new(
        source: Arc<dyn TokenSource>,
        close_flag: Arc<CloseFlag>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            source,
            close_flag,
            clock,
            last: None,
            is_ended: false,
        }
    }

    /// The first call returns the current token. Each further call waits until that token has been replaced
    /// and returns the new one: it was renewed in time, or a server called it expired. `None` when the client
    /// is closed, or its token has expired and is not renewed.
    ///
    /// The future is cancel-safe: it may be dropped and `next` called again.
    ///
    /// # Errors
    /// [`Error::Token`] when the last token has expired and no new token could be minted. The next call tries
    /// again.
    pub async fn next(&mut self) -> Option<Result<AccessToken, Error>> {
        loop {
            if self.is_ended || self.close_flag.is_closed() {
                return None;
            }
            let (source, close_flag) = (&self.source, &self.close_flag);
            let renewed = if let Some(token) = source.current() {
                Ok(token)
            } else {
                let closed = std::pin::pin!(close_flag.wait_closed());
                match select(source.token_async(), closed).await {
                    Either::Left((renewed, _)) => renewed,
                    Either::Right(_) => return None,
                }
            };
            let pause = match renewed {
                Ok(token) if !self.last.as_ref().is_some_and(|last| last.is_same(&token)) => {
                    self.last = Some(token.clone());
                    return Some(Ok(token));
                }
                Ok(_) => source
                    .time_to_renewal()
                    .unwrap_or(RETRY_INTERVAL)
                    .min(MAX_SLEEP),
                Err(TokenError::Expired) => {
                    self.is_ended = true;
                    return None;
                }
                Err(error) => {
                    self.last = None;
                    return Some(Err(error.into()));
                }
            };
            let moment = self.clock.monotonic().saturating_add(pause);
            let closed = std::pin::pin!(close_flag.wait_closed());
            select(self.clock.sleep_until(moment), closed).await;
        }
    }
}

impl fmt::Debug for TokenWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenWatch")
            .field("user_id", self.source.identity().user_id())
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
