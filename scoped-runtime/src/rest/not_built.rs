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
macro_rules! not_built {
    ($($name:ident($($argument:ident),*) -> $returned:ident;)*) => {
        impl<C, M: Mode> ScopedClientBuilder<C, M> {$(
            #[doc(hidden)]
            pub fn $name<$($argument),*>(&self, $(_: $argument),*) -> $returned<M>
            where
                Self: BuiltClient,
            {
                self.never()
            }
        )*}
    };
}

not_built! {
    from(A) -> Query;
    rpc(A, B) -> Query;
    request(A, B) -> Request;
}
