use std::fmt;

use serde::Serialize;

use crate::claims::{NoClaims, ScopedClaims};
use crate::client::{AnonymousClient, ScopedClient, ScopedClients};
use crate::error::Error;
use crate::rest::{Query, Request};
use crate::web::OptionalCaller;

/// A client of a request with or without a caller; [`OptionalCaller::client`] and
/// [`OptionalCaller::forward_token`] make it. What it sends, the caller's policies decide, or those of the role
/// `anon`. Match on it where the two differ: only a user's client can be given to code that acts as a user.
pub enum OptionalClient<C = NoClaims> {
    /// Acts as the caller.
    User(ScopedClient<C>),
    /// There is no caller.
    Anonymous(AnonymousClient),
}

impl<C: ScopedClaims> OptionalCaller<C> {
    /// A client that acts as the caller with freshly minted tokens ([`Caller::client`](crate::Caller::client)),
    /// or without a user.
    ///
    /// # Errors
    /// As `Caller::client`, and as [`ScopedClients::anonymous`].
    pub fn client(&self, clients: &ScopedClients) -> Result<OptionalClient<C>, Error> {
        let user = self.0.as_ref();
        let user = user.map(|caller| caller.client(clients).client());
        OptionalClient::of(user, clients)
    }

    /// A client that sends the caller's own token on ([`Caller::forward_token`](crate::Caller::forward_token)), or
    /// one without a user.
    ///
    /// # Errors
    /// As `Caller::forward_token`, and as [`ScopedClients::anonymous`].
    pub fn forward_token(&self, clients: &ScopedClients) -> Result<OptionalClient<C>, Error> {
        let user = self.0.as_ref().map(|caller| caller.forward_token(clients));
        OptionalClient::of(user, clients)
    }
}

impl<C: ScopedClaims> OptionalClient<C> {
    fn of(
        user: Option<Result<ScopedClient<C>, Error>>,
        clients: &ScopedClients,
    ) -> Result<Self, Error> {
        match user {
            Some(client) => client.map(Self::User),
            None => Ok(Self::Anonymous(clients.anonymous()?)),
        }
    }

    /// As [`ScopedClient::from`].
    pub fn from(&self, table: impl AsRef<str>) -> Query {
        match self {
            Self::User(client) => client.from(table),
            Self::Anonymous(client) => client.from(table),
        }
    }

    /// As [`ScopedClient::rpc`].
    pub fn rpc(&self, function: impl AsRef<str>, arguments: impl Serialize) -> Query {
        match self {
            Self::User(client) => client.rpc(function, arguments),
            Self::Anonymous(client) => client.rpc(function, arguments),
        }
    }

    /// As [`ScopedClient::request`].
    pub fn request(&self, method: impl AsRef<str>, path: impl AsRef<str>) -> Request {
        match self {
            Self::User(client) => client.request(method, path),
            Self::Anonymous(client) => client.request(method, path),
        }
    }
}

impl<C> fmt::Debug for OptionalClient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(client) => client.fmt(f),
            Self::Anonymous(client) => client.fmt(f),
        }
    }
}
