use std::fmt;

use serde::Serialize;

use crate::claims::{NoClaims, ScopedClaims};
use crate::client::{AnonymousClient, ScopedClient, ScopedClients};
use crate::error::Error;
use crate::rest::{Query, Request};
use crate::web::OptionalCaller;

/// A client for a request with or without a caller; [`OptionalCaller::client`] and
/// [`OptionalCaller::forward_token`] return it. The database applies the policies for the caller, or those
/// for the role `anon`. Match on it to pass the client of a user to a function that takes a
/// [`ScopedClient`].
///
/// ```no_run
/// # async fn example(
/// #     caller: scoped_runtime::OptionalCaller,
/// #     clients: scoped_runtime::ScopedClients,
/// # ) -> Result<(), scoped_runtime::Error> {
/// let db = caller.client(&clients)?;
/// let posts: Vec<serde_json::Value> = db.from("posts").select("*").fetch().await?;
/// # Ok(()) }
/// ```
pub enum OptionalClient<C = NoClaims> {
    /// The client that acts as the caller.
    User(ScopedClient<C>),
    /// The client without a user, for a request without a caller.
    Anonymous(AnonymousClient),
}

impl<C: ScopedClaims> OptionalCaller<C> {
    /// Returns a client that acts as the caller with freshly minted tokens
    /// ([`Caller::client`](crate::Caller::client)), or the anonymous client if there is no caller.
    ///
    /// # Errors
    /// The errors of [`ScopedClientBuilder::client`](crate::ScopedClientBuilder::client) with a caller, and
    /// those of [`ScopedClients::anonymous`] without one.
    pub fn client(&self, clients: &ScopedClients) -> Result<OptionalClient<C>, Error> {
        let user = self.0.as_ref();
        let user = user.map(|caller| caller.client(clients).client());
        OptionalClient::of(user, clients)
    }

    /// Returns a client that forwards the caller's own token
    /// ([`Caller::forward_token`](crate::Caller::forward_token)), or the anonymous client if there is no
    /// caller.
    ///
    /// # Errors
    /// The errors of [`Caller::forward_token`](crate::Caller::forward_token) with a caller, and those of
    /// [`ScopedClients::anonymous`] without one.
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

    /// Starts a query on a table or view; see [`ScopedClient::from`].
    pub fn from(&self, table: impl AsRef<str>) -> Query {
        match self {
            Self::User(client) => client.from(table),
            Self::Anonymous(client) => client.from(table),
        }
    }

    /// Starts a call of a database function; see [`ScopedClient::rpc`].
    pub fn rpc(&self, function: impl AsRef<str>, arguments: impl Serialize) -> Query {
        match self {
            Self::User(client) => client.rpc(function, arguments),
            Self::Anonymous(client) => client.rpc(function, arguments),
        }
    }

    /// Starts a request to another service; see [`ScopedClient::request`].
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
