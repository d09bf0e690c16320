//! What `#[impersonate]` can give to a function, so that every other type is explained.

use super::ScopedClient;

/// For an `async fn`.
#[diagnostic::on_unimplemented(
    message = "an async function cannot be given a `{Self}`",
    label = "take a `scoped_runtime::ScopedClient` here",
    note = "a `scoped_runtime::blocking::ScopedClient` is for a plain `fn`"
)]
pub trait AsyncClient {
    /// The type itself.
    type Client;
}

/// For a plain `fn`. Without the feature `blocking`, nothing is.
#[diagnostic::on_unimplemented(
    message = "a plain `fn` cannot be given a `{Self}`",
    label = "take a `scoped_runtime::blocking::ScopedClient` here",
    note = "a `scoped_runtime::ScopedClient` is for an `async fn`"
)]
pub trait BlockingClient {
    /// The type itself.
    type Client;
}

#[diagnostic::do_not_recommend]
impl<C> AsyncClient for ScopedClient<C> {
    type Client = Self;
}

#[cfg(feature = "blocking")]
#[diagnostic::do_not_recommend]
impl<C> BlockingClient for ScopedClient<C, super::Blocking> {
    type Client = Self;
}
