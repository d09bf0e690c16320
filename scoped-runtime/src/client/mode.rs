/// The task waits: what sends is an `async fn`. The mode of everything that does not say another.
#[derive(Debug)]
pub enum Async {}

/// The thread waits: what sends is a plain `fn`.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub enum Blocking {}
