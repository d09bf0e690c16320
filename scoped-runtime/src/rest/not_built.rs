//! A builder of a client has no queries: what a program sees that forgot to build the client.

use super::{Query, Request};
use crate::client::{Mode, ScopedClientBuilder};

/// Clients that can send. No builder is one, so the compiler explains each use of the methods below.
#[diagnostic::on_unimplemented(
    message = "this is the builder of a client, which sends nothing",
    label = "call `.client()?` before this, to get the client"
)]
pub trait BuiltClient {
    #[doc(hidden)]
    fn never<T>(&self) -> T;
}

/// Methods that no program can call, with the names of those of the client.
impl<C, M: Mode> ScopedClientBuilder<C, M> {
    #[doc(hidden)]
    pub fn from<T>(&self, _: T) -> Query<M>
    where
        Self: BuiltClient,
    {
        self.never()
    }

    #[doc(hidden)]
    pub fn rpc<F, A>(&self, _: F, _: A) -> Query<M>
    where
        Self: BuiltClient,
    {
        self.never()
    }

    #[doc(hidden)]
    pub fn request<T, P>(&self, _: T, _: P) -> Request<M>
    where
        Self: BuiltClient,
    {
        self.never()
    }
}
