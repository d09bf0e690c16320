//! The project (`ScopedClients`) and its clients, each of which acts as one user.

mod anonymous;
mod builder;
mod caller;
mod check_keys;
mod clients;
mod core;
#[cfg(feature = "blocking")]
mod executor;
mod health;
mod impersonate;
pub(crate) mod name;
mod narrow;
mod process_default;
mod project;
mod scoped_client;
mod typed_store;

pub(crate) use self::core::Core;
pub use anonymous::AnonymousClient;
pub use builder::ScopedClientBuilder;
pub use check_keys::KeyCheck;
pub use clients::ScopedClients;
pub use health::Health;
pub use impersonate::{AsyncClient, BlockingClient, ProjectClients};
pub use narrow::NarrowBuilder;
pub use process_default::get_client;
pub use process_default::installed;
#[cfg(feature = "blocking")]
pub(crate) use process_default::installed_or_from_env;
#[cfg(feature = "postgres")]
pub(crate) use project::FirstMint;
pub use scoped_client::ScopedClient;

/// The mode of a client and of its queries: [`Async`], or `blocking::Blocking` with the feature `blocking`.
/// The trait is sealed.
///
/// Use it as a bound to write code for both modes:
///
/// ```
/// use scoped_runtime::{Mode, NoClaims, Query, ScopedClient};
///
/// fn open_notes<M: Mode>(client: &ScopedClient<NoClaims, M>) -> Query<M> {
///     client.from("notes").eq("state", "open")
/// }
/// ```
pub trait Mode: sealed::Sealed {}

/// The default mode, in which each method that sends is an `async fn`.
#[derive(Debug)]
pub enum Async {}

/// The mode in which each method that sends is a plain `fn` that blocks the thread until the answer arrives.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub enum Blocking {}

impl Mode for Async {}

#[cfg(feature = "blocking")]
impl Mode for Blocking {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Async {}

    #[cfg(feature = "blocking")]
    impl Sealed for super::Blocking {}
}
