//! Whether the task or the thread waits for the answers to a client's requests.

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
