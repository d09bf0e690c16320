use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::{Life, TokenSource};
use crate::clock::Clock;
use crate::error::{Error, TokenError};
use crate::token::AccessToken;

/// A client's tokens, one after the other: for whoever holds a connection that outlives one. It is
/// driven by the task that waits for [`next`](Self::next), and by nothing else.
///
/// ```no_run
/// # async fn example(client: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let mut tokens = client.subscribe();
/// while let Some(token) = tokens.next().await {
///     let token = token?;
///     // tell the other side
/// #   let _ = token;
/// }
/// // The client was closed, or its token has ended and is not renewed.
/// # Ok(()) }
/// ```
pub struct TokenWatch {
    source: Arc<dyn TokenSource>,
    life: Arc<Life>,
    clock: Arc<dyn Clock>,
    last: Option<AccessToken>,
    is_over: bool,
}

/// The wall clock may be set, and a machine may sleep: neither is waited for longer than this.
const LOOK: Duration = Duration::from_secs(30);
/// How soon a renewal that failed is tried again.
const RETRY: Duration = Duration::from_secs(1);

impl TokenWatch {
    pub(crate) fn new(
        source: Arc<dyn TokenSource>,
        life: Arc<Life>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            source,
            life,
            clock,
            last: None,
            is_over: false,
        }
    }

    /// The present token at first, then each one when it takes the last one's place: when that is due,
    /// or was replaced since a server called it expired. `None` when there will be no other.
    ///
    /// It may be dropped and called again.
    ///
    /// # Errors
    /// [`Error::Token`] when the last token has ended and a new one could not be made. The next call
    /// tries again.
    pub async fn next(&mut self) -> Option<Result<AccessToken, Error>> {
        loop {
            if self.is_over || self.life.is_closed() {
                return None;
            }
            let (source, life) = (&self.source, &self.life);
            let renewed = if let Some(token) = source.present() {
                Ok(token)
            } else {
                let ended = std::pin::pin!(life.ended());
                match select(source.token_async(), ended).await {
                    Either::Left((renewed, _)) => renewed,
                    Either::Right(_) => return None,
                }
            };
            let pause = match renewed {
                Ok(token) if !self.last.as_ref().is_some_and(|last| last.is(&token)) => {
                    self.last = Some(token.clone());
                    return Some(Ok(token));
                }
                Ok(_) => source.fresh_for().unwrap_or(RETRY).min(LOOK),
                Err(TokenError::Expired) => {
                    self.is_over = true;
                    return None;
                }
                Err(error) => {
                    self.last = None;
                    return Some(Err(error.into()));
                }
            };
            let moment = self.clock.monotonic().saturating_add(pause);
            let ended = std::pin::pin!(life.ended());
            select(self.clock.sleep_until(moment), ended).await;
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
