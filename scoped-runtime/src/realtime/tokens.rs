//! The tokens of a connection: the live one at the moment of writing, and the renewals.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{BoxFuture, select};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};

use crate::client::Core;
use crate::clock::Clock;
use crate::error::{Error, TokenError};
use crate::session::{TokenSource, TokenWatch};
use crate::token::AccessToken;

/// The tokens of one client, numbered in the order in which they were seen.
pub(super) struct Tokens {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    /// Every token, once it replaces the one before; drives the renewal. `None` once it has ended.
    watch: Option<BoxStream<'static, Result<AccessToken, Error>>>,
    /// A token that was asked for because none was at hand, or the server refused the last one.
    request: Option<BoxFuture<'static, Result<AccessToken, TokenError>>>,
    /// The token that the server refused, until there is another one.
    refused: Option<AccessToken>,
    /// The last request failed: the next one waits.
    has_failed: bool,
    last: Option<AccessToken>,
    number: u64,
}

/// What happened to the tokens.
pub(super) enum TokenEvent {
    /// There is a new token, with this number.
    Changed(u64),
    /// A token was asked for and there is none for now.
    Failed(TokenError),
    /// There will be no token any more: the client is closed, or its token has expired and is not renewed.
    Ended,
}

/// The pause after a failed renewal or request.
const RETRY: Duration = Duration::from_secs(1);

impl Tokens {
    /// `None` for a client without a user.
    pub(super) fn new(core: &Arc<Core>) -> Option<Self> {
        let source = Arc::clone(core.token_source().ok()?);
        let clock = Arc::clone(&core.settings().clock);
        let close_flag = core.close_flag();
        let watch = TokenWatch::new(
            Arc::clone(&source),
            Arc::clone(close_flag),
            Arc::clone(&clock),
        );
        let of_watch = (Arc::clone(&clock), Arc::clone(close_flag));
        let watch = stream::unfold((watch, false), move |(mut watch, has_failed)| {
            let (clock, close_flag) = of_watch.clone();
            async move {
                if has_failed {
                    let pause = clock.sleep_until(clock.monotonic() + RETRY);
                    select(pause, pin!(close_flag.wait_closed())).await;
                }
                let token = watch.next().await?;
                let has_failed = token.is_err();
                Some((token, (watch, has_failed)))
            }
        });
        Some(Self {
            source,
            clock,
            watch: Some(watch.boxed()),
            request: None,
            refused: None,
            has_failed: false,
            last: None,
            number: 0,
        })
    }

    /// Takes the next change.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<TokenEvent> {
        if let Some(watch) = &mut self.watch
            && let Poll::Ready(next) = watch.poll_next_unpin(cx)
        {
            return Poll::Ready(match next {
                Some(Ok(token)) => self.take(token),
                Some(Err(Error::Token(error))) => TokenEvent::Failed(error),
                Some(Err(_)) | None => {
                    self.watch = None;
                    TokenEvent::Ended
                }
            });
        }
        if let Some(request) = &mut self.request
            && let Poll::Ready(answer) = request.poll_unpin(cx)
        {
            self.request = None;
            return Poll::Ready(match answer {
                Ok(token) => self.take(token),
                Err(error) => {
                    self.has_failed = true;
                    if self.refused.is_some() && !matches!(error, TokenError::Expired) {
                        self.request();
                    }
                    TokenEvent::Failed(error)
                }
            });
        }
        Poll::Pending
    }

    /// A token that is live at this moment, with its number. If there is none, it is asked for.
    pub(super) fn live(&mut self) -> Option<(AccessToken, u64)> {
        let last = self.last.clone().filter(|last| self.source.is_live(last));
        let token = self.source.current().or(last);
        let Some(token) = token else {
            if self.request.is_none() {
                self.request();
            }
            return None;
        };
        self.take(token.clone());
        Some((token, self.number))
    }

    /// Asks for another token, until there is one: the server refused the last one.
    pub(super) fn replace(&mut self) {
        if let Some(last) = &self.last {
            self.refused = Some(last.clone());
            self.request();
        }
    }

    fn request(&mut self) {
        let source = Arc::clone(&self.source);
        let refused = self.refused.clone();
        let pause = self
            .has_failed
            .then(|| self.clock.sleep_until(self.clock.monotonic() + RETRY));
        let request = async move {
            if let Some(pause) = pause {
                pause.await;
            }
            let Some(refused) = refused else {
                return source.token_async().await;
            };
            match source.replace(&refused) {
                Some(replaced) => replaced.await,
                None => Err(TokenError::Expired),
            }
        };
        self.request = Some(request.boxed());
    }

    fn take(&mut self, token: AccessToken) -> TokenEvent {
        if !self.last.as_ref().is_some_and(|last| last.is_same(&token)) {
            self.number += 1;
            self.last = Some(token);
            self.refused = None;
            self.has_failed = false;
        }
        TokenEvent::Changed(self.number)
    }
}
