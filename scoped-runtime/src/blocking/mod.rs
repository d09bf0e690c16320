//! Clients for code without an async runtime, under the names of the async ones (feature `blocking`).
//!
//! ```no_run
//! use scoped_runtime::blocking::{ScopedClient, ScopedClients};
//!
//! #[derive(serde::Deserialize)]
//! struct Note { body: String }
//!
//! fn report(alice: &ScopedClient) -> Result<usize, scoped_runtime::Error> {
//!     let notes: Vec<Note> = alice.from("notes").select("body").fetch()?;
//!     Ok(notes.iter().map(|note| note.body.len()).sum())
//! }
//!
//! # fn main() -> Result<(), scoped_runtime::Error> {
//! let clients = ScopedClients::from_env()?;
//! let alice = clients.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
//! std::thread::scope(|threads| {
//!     threads.spawn(|| report(&alice)); // any number of threads share a client
//! });
//! # Ok(()) }
//! ```
//!
//! A blocking client has the tokens, renewal, limits and errors of the async client; only its calls block.
//! One project can serve both, which then share sessions and keys: see [`ScopedClients::as_async`].
//!
//! A project has one thread for the connections of all its blocking clients. The first request starts the
//! thread, and dropping the project ends it.
//!
//! # Inside of an async runtime
//! A blocking call inside of a task of tokio would stall the other tasks of the thread, so it returns
//! [`ClientError::InsideRuntime`](crate::ClientError::InsideRuntime). Use
//! [`scoped_runtime::ScopedClient`](crate::ScopedClient) there, or `tokio::task::spawn_blocking`.
//!
//! Two cases cannot be detected, and the call blocks: a task in `tokio::task::unconstrained`, and a task of
//! another executor (`async-std`, `smol`, `futures`).
//!
//! In the destructor of a thread-local value, while the thread ends, a blocking call returns
//! [`ClientError::ThreadExiting`](crate::ClientError::ThreadExiting) once tokio's thread-local values are gone.

mod clients;
#[cfg(feature = "postgres")]
mod postgres;
mod query;

pub use crate::client::Blocking;
pub use clients::{ScopedClients, get_client};
#[cfg(feature = "postgres")]
pub use postgres::{AnonymousPostgres, PostgresTransaction, ScopedPostgres};

use crate::claims::{NoClaims, ScopedClaims};
use crate::error::Error;
use crate::token::AccessToken;
#[cfg(feature = "postgrest")]
use crate::transport::Response;

/// A [`scoped_runtime::ScopedClient`](crate::ScopedClient) whose calls block.
pub type ScopedClient<C = NoClaims> = crate::ScopedClient<C, Blocking>;

/// Builds a blocking [`ScopedClient`]; [`ScopedClients::user`] starts the builder.
pub type ScopedClientBuilder<C = NoClaims> = crate::ScopedClientBuilder<C, Blocking>;

/// A [`scoped_runtime::AnonymousClient`](crate::AnonymousClient) whose calls block.
pub type AnonymousClient = crate::AnonymousClient<Blocking>;

/// Derives a blocking client with fewer rights; [`ScopedClient::narrow`](crate::ScopedClient::narrow) starts
/// the builder.
pub type NarrowBuilder<C = NoClaims> = crate::NarrowBuilder<C, Blocking>;

/// A [`scoped_runtime::Query`](crate::Query) whose calls block.
pub type Query = crate::Query<Blocking>;

/// A [`scoped_runtime::Request`](crate::Request) whose calls block.
pub type Request = crate::Request<Blocking>;

/// With feature `blocking`.
impl<C: ScopedClaims> ScopedClient<C> {
    #[cfg(feature = "postgrest")]
    /// Sends a native `postgrest` builder as this user, and waits for the answer. The URL of the builder
    /// must name a table or function of this project; `apikey` and `Authorization` headers are replaced.
    ///
    /// # Errors
    /// The errors of `execute` of [`blocking::Query`](Query).
    pub fn execute(&self, builder: postgrest::Builder) -> Result<Response, Error> {
        let (core, request) = self.native_request(builder)?;
        core.send_and_wait(&request)
    }

    /// Returns a live token, for another library that talks to the same project. Call it for each use
    /// instead of keeping the token, which expires. It blocks only for a remote [`Signer`](crate::Signer).
    ///
    /// # Errors
    /// [`Error::Token`] when the token has to be renewed and cannot be; [`Error::Client`] when the client is
    /// closed.
    pub fn token(&self) -> Result<AccessToken, Error> {
        self.core().token_and_wait()
    }
}

/// With feature `blocking`.
impl<C: ScopedClaims> crate::ScopedClient<C> {
    /// Turns this client into a blocking one. Use it for the clients that a verified
    /// [`Caller`](crate::Caller) makes, which are async.
    #[must_use]
    pub fn into_blocking(self) -> ScopedClient<C> {
        self.into_mode()
    }
}
