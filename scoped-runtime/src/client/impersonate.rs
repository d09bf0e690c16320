//! The types that `#[impersonate]` accepts. They are traits so that the compiler explains why it refuses
//! another type.

use std::ops::Deref;

use super::{ScopedClient, ScopedClients};

/// A client that an `async fn` with `#[impersonate]` can take.
#[diagnostic::on_unimplemented(
    message = "an async function cannot be given a `{Self}`",
    label = "take a `scoped_runtime::ScopedClient` here",
    note = "a `scoped_runtime::blocking::ScopedClient` is for a plain `fn`"
)]
pub trait AsyncClient {
    /// The implementing type.
    type Client;
}

/// A client that a plain `fn` with `#[impersonate]` can take. No type implements it without the feature
/// `blocking`.
#[diagnostic::on_unimplemented(
    message = "a plain `fn` cannot be given a `{Self}`",
    label = "take a `scoped_runtime::blocking::ScopedClient` here",
    note = "a `scoped_runtime::ScopedClient` is for an `async fn`"
)]
pub trait BlockingClient {
    /// The implementing type.
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

/// A value that `via = ..` accepts: the async or the blocking `ScopedClients`, or a pointer to one.
#[diagnostic::on_unimplemented(
    message = "clients cannot be made with a `{Self}`",
    label = "pass a `scoped_runtime::ScopedClients` here, or a `blocking::ScopedClients`"
)]
pub trait ProjectClients {
    /// The project as async `ScopedClients`.
    fn project_clients(&self) -> &ScopedClients;
}

#[diagnostic::do_not_recommend]
impl ProjectClients for ScopedClients {
    fn project_clients(&self) -> &ScopedClients {
        self
    }
}

/// Implements the trait for references, smart pointers and lock guards.
#[diagnostic::do_not_recommend]
impl<P: Deref<Target: ProjectClients> + ?Sized> ProjectClients for P {
    fn project_clients(&self) -> &ScopedClients {
        (**self).project_clients()
    }
}
