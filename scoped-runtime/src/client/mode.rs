//! Who waits for the answers: the task or the thread.

/// The mode of a client and of its queries: [`Async`], or with the feature `blocking`
/// `blocking::Blocking`. No other type can be one.
///
/// Name it to write code for both: `fn by_owner<M: Mode>(client: &ScopedClient<Tenant, M>) -> Query<M>`.
pub trait Mode: sealed::Sealed {}

/// The task waits: each method that sends is an `async fn`. The mode of every client that names no other.
#[derive(Debug)]
pub enum Async {}

/// The thread waits: each method that sends is a plain `fn`.
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
