//! The same names for code without an async runtime (feature `blocking`).
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
//! Everything but the waiting is the async client's: tokens, renewal, limits and errors. One project
//! can serve both, and then shares its sessions and keys: see [`ScopedClients::as_async`].
//!
//! A project has one thread for the connections of all its blocking clients. It starts with the first
//! request and ends with the project.
//!
//! # Inside of an async runtime
//! Waiting there would keep the other tasks of the thread from running, so whatever sends is
//! [`ClientError::InsideRuntime`](crate::ClientError::InsideRuntime) in a task of tokio. Use
//! [`scoped_runtime::ScopedClient`](crate::ScopedClient) there, or `tokio::task::spawn_blocking`.
//!
//! What cannot be told from a thread that may wait is not refused, and waits: a task in
//! `tokio::task::unconstrained`, and a task of another executor (`async-std`, `smol`, `futures`).
//!
//! In a destructor of a thread-local value, while the thread ends, it is
//! [`ClientError::ThreadExiting`](crate::ClientError::ThreadExiting) once tokio's own values are gone.

mod client;
mod clients;
mod query;

pub use crate::client::Blocking;
pub use clients::{ScopedClients, get_client};

use crate::claims::NoClaims;

/// A [`scoped_runtime::ScopedClient`](crate::ScopedClient) whose requests the thread waits for.
pub type ScopedClient<C = NoClaims> = crate::ScopedClient<C, Blocking>;

/// Builds a [`ScopedClient`]; [`ScopedClients::user`] starts it.
pub type ScopedClientBuilder<C = NoClaims> = crate::ScopedClientBuilder<C, Blocking>;

/// A [`scoped_runtime::AnonymousClient`](crate::AnonymousClient) whose requests the thread waits for.
pub type AnonymousClient = crate::AnonymousClient<Blocking>;

/// Derives a client that may do less; [`ScopedClient::narrow`](crate::ScopedClient::narrow) starts it.
pub type NarrowBuilder<C = NoClaims> = crate::NarrowBuilder<C, Blocking>;

/// A [`scoped_runtime::Query`](crate::Query) whose answer the thread waits for.
pub type Query = crate::Query<Blocking>;

/// A [`scoped_runtime::Request`](crate::Request) whose answer the thread waits for.
pub type Request = crate::Request<Blocking>;
