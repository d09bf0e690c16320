//! Edge Functions, called as the user (feature `functions`); see
//! [the guide](crate::docs::functions).
//!
//! ```no_run
//! # #[derive(serde::Serialize)] struct Order { id: u64 }
//! # #[derive(serde::Deserialize)] struct Receipt { total: u64 }
//! # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
//! let receipt: Receipt = alice.functions().invoke("checkout", &Order { id: 7 }).await?.json()?;
//! # Ok(()) }
//! ```

mod event_parser;
mod event_stream;
mod invocation;
mod multipart;
mod send;

pub use event_parser::Event;
pub use event_stream::EventStream;
pub use invocation::Invocation;
pub use multipart::Multipart;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;

use crate::claims::ScopedClaims;
use crate::client::{AnonymousClient, Async, Core, Mode, ScopedClient, ScopedClientBuilder};
use crate::rest::BuiltClient;

/// The Edge Functions of a project, called as the client's user; [`ScopedClient::functions`] returns them.
pub struct Functions<M: Mode = Async> {
    core: Arc<Core>,
    region: Option<Arc<str>>,
    mode: PhantomData<fn() -> M>,
}

/// With feature `functions`.
impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// The Edge Functions of the project, called as this client's user. See
    /// <https://supabase.com/docs/guides/functions>.
    ///
    /// ```no_run
    /// use serde_json::{Value, json};
    ///
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let answer = alice.functions().invoke("hello", json!({ "name": "Ada" })).await?;
    /// let greeting: Value = answer.json()?;
    /// # Ok(()) }
    /// ```
    pub fn functions(&self) -> Functions<M> {
        Functions::new(self.core())
    }
}

/// With feature `functions`.
impl<M: Mode> AnonymousClient<M> {
    /// The Edge Functions of the project, called with the API key and no token. A function whose tokens the
    /// platform verifies (`verify_jwt`) may refuse the call; see [`ScopedClient::functions`].
    pub fn functions(&self) -> Functions<M> {
        Functions::new(self.core())
    }
}

/// A method that no program can call: the compiler says that the client has to be built first.
impl<C, M: Mode> ScopedClientBuilder<C, M> {
    #[doc(hidden)]
    pub fn functions(&self) -> Functions<M>
    where
        Self: BuiltClient,
    {
        self.never()
    }
}

impl<M: Mode> Functions<M> {
    fn new(core: &Arc<Core>) -> Self {
        Self {
            core: Arc::clone(core),
            region: None,
            mode: PhantomData,
        }
    }

    /// Sets the region in which the calls run, such as `eu-west-3`; see [`Invocation::region`].
    #[must_use]
    pub fn region(mut self, region: impl AsRef<str>) -> Self {
        self.region = Some(region.as_ref().into());
        self
    }

    /// Starts a call of a function, which is sent with POST and this body as JSON; awaiting it sends it. A body
    /// that serialises to `null`, such as `()`, is left out. [`Invocation`] has the other bodies and options.
    ///
    /// The name may be followed by a path below the function, as in `shop/orders/7`. Each part is
    /// percent-encoded. This method does not fail: a part that is empty, `.` or `..`, or has a control
    /// character is an error when the call is sent.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let order = serde_json::json!({ "id": 7 });
    /// let receipt: serde_json::Value = alice.functions().invoke("checkout", order).await?.json()?;
    /// # Ok(()) }
    /// ```
    pub fn invoke(&self, function: impl AsRef<str>, body: impl Serialize) -> Invocation<M> {
        let call = Invocation::new(&self.core, function.as_ref()).json_or_nothing(&body);
        match &self.region {
            Some(region) => call.region(region),
            None => call,
        }
    }
}

impl<M: Mode> Clone for Functions<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            region: self.region.clone(),
            mode: PhantomData,
        }
    }
}

impl<M: Mode> fmt::Debug for Functions<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions")
            .field("user_id", &self.core.user_id())
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
