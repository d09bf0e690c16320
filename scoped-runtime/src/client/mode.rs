/// The task waits: what sends is an `async fn`. The mode of everything that does not say another.
#[derive(Debug)]
pub enum Async {}
