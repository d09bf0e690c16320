//! GraphQL, as the user (feature `graphql`); see [the guide](crate::docs::graphql).
//!
//! ```no_run
//! #[derive(serde::Serialize)]
//! struct Variables { stars: i32 }
//!
//! # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
//! let query = "query($stars: Int!) { notesCollection(filter: { stars: { gte: $stars } }) { edges { node { body } } } }";
//! let data = alice.graphql(query, &Variables { stars: 3 }).await?;
//! println!("{}", data["notesCollection"]["edges"]);
//! # Ok(()) }
//! ```

mod document;
mod operation;
mod response;

pub use operation::Operation;
pub use response::Partial;

use serde::Serialize;

use crate::claims::ScopedClaims;
use crate::client::{AnonymousClient, Mode, ScopedClient, ScopedClientBuilder};
use crate::rest::BuiltClient;

/// With feature `graphql`.
impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// Starts a GraphQL operation, which is executed as this client's user; awaiting it sends it. The variables
    /// are a struct or a map, or `()` for none. See
    /// <https://supabase.com/docs/guides/graphql>.
    ///
    /// ```no_run
    /// #[derive(serde::Deserialize)]
    /// struct Account { email: String }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Data { account: Option<Account> }
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let data: Data = alice.graphql("{ account { email } }", ()).fetch().await?;
    /// # Ok(()) }
    /// ```
    pub fn graphql(&self, document: impl Into<String>, variables: impl Serialize) -> Operation<M> {
        Operation::new(self.core(), document.into(), &variables)
    }
}

/// With feature `graphql`.
impl<M: Mode> AnonymousClient<M> {
    /// Starts a GraphQL operation, which is executed in the role `anon`; see [`ScopedClient::graphql`].
    pub fn graphql(&self, document: impl Into<String>, variables: impl Serialize) -> Operation<M> {
        Operation::new(self.core(), document.into(), &variables)
    }
}

/// A method that no program can call: the compiler says that the client has to be built first.
impl<C, M: Mode> ScopedClientBuilder<C, M> {
    #[doc(hidden)]
    pub fn graphql<D, V>(&self, _: D, _: V) -> Operation<M>
    where
        Self: BuiltClient,
    {
        self.never()
    }
}
