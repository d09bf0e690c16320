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
mod mode;
pub(crate) mod name;
mod narrow;
mod process_default;
mod project;
mod scoped_client;

pub(crate) use self::core::Core;
pub use anonymous::AnonymousClient;
pub use builder::ScopedClientBuilder;
pub use check_keys::KeyCheck;
pub use clients::ScopedClients;
pub use health::Health;
pub use impersonate::{AsyncClient, BlockingClient, ProjectClients};
#[cfg(feature = "blocking")]
pub use mode::Blocking;
pub use mode::{Async, Mode};
pub use narrow::NarrowBuilder;
pub use process_default::get_client;
pub use process_default::installed;
#[cfg(feature = "blocking")]
pub(crate) use process_default::installed_or_from_env;
pub use scoped_client::ScopedClient;
