//! What a connection shows the server with each join.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::tokens::{TokenEvent, Tokens};
use crate::client::Core;
use crate::token::AccessToken;

pub(super) enum Credentials {
    /// The tokens of a user, a live one with each join.
    User(Tokens),
    /// The API key alone, with which the connection was made.
    ApiKey(ApiKey),
}

/// The API key in the place of tokens. It is numbered as they are, once more for each connection that is made because the
/// server says that the token behind the key has expired: the gateway puts a fresh one there for a new connection.
#[derive(Default)]
pub(super) struct ApiKey {
    number: u64,
    is_told: bool,
}

/// What is written into a frame that asks for a token.
pub(super) enum Shown {
    Token(AccessToken, u64),
    /// No token: the server takes that of the API key.
    ApiKey(u64),
}

impl Shown {
    pub(super) fn number(&self) -> u64 {
        match self {
            Self::Token(_, number) | Self::ApiKey(number) => *number,
        }
    }
}

impl Credentials {
    pub(super) fn of(core: &Arc<Core>) -> Self {
        match Tokens::new(core) {
            Some(tokens) => Self::User(tokens),
            None => Self::ApiKey(ApiKey::default()),
        }
    }

    /// Takes the next change.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<TokenEvent> {
        match self {
            Self::User(tokens) => tokens.poll(cx),
            Self::ApiKey(key) if key.is_told => Poll::Pending,
            Self::ApiKey(key) => {
                key.is_told = true;
                key.number += 1;
                Poll::Ready(TokenEvent::Changed(key.number))
            }
        }
    }

    /// What a frame shows at this moment. `None`: there is no live token now, and one is asked for.
    pub(super) fn shown(&mut self) -> Option<Shown> {
        match self {
            Self::User(tokens) => {
                let (token, number) = tokens.live()?;
                Some(Shown::Token(token, number))
            }
            Self::ApiKey(key) => Some(Shown::ApiKey(key.number)),
        }
    }

    /// Whether other credentials need another connection.
    pub(super) fn are_of_connection(&self) -> bool {
        matches!(self, Self::ApiKey(_))
    }

    /// The server refused what was shown last. Returns whether a new connection is needed.
    pub(super) fn replace(&mut self) -> bool {
        match self {
            Self::User(tokens) => {
                tokens.replace();
                false
            }
            Self::ApiKey(key) => {
                key.is_told = false;
                true
            }
        }
    }
}
