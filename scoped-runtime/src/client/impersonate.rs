//! The types that `#[impersonate]` works with, so that the compiler explains every other type.

use std::ops::Deref;

use super::{ScopedClient, ScopedClients};

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

/// What `via = ..` takes: the `ScopedClients` of async or of blocking code, or a pointer to one.
#[diagnostic::on_unimplemented(
    message = "clients cannot be made with a `{Self}`",
    label = "pass a `scoped_runtime::ScopedClients` here, or a `blocking::ScopedClients`"
)]
pub trait ProjectClients {
    /// The project as async code sees it.
    fn project_clients(&self) -> &ScopedClients;
}

#[diagnostic::do_not_recommend]
impl ProjectClients for ScopedClients {
    fn project_clients(&self) -> &ScopedClients {
        self
    }
}

/// References, smart pointers and guards of locks.
#[diagnostic::do_not_recommend]
impl<P: Deref<Target: ProjectClients> + ?Sized> ProjectClients for P {
    fn project_clients(&self) -> &ScopedClients {
        (**self).project_clients()
    }
}
