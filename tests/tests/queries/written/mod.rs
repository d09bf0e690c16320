//! What a test writes: kept as data, and written with the library's methods.

mod chain;
mod condition;
mod start;
mod step;
mod test;

pub(crate) use self::chain::{Chain, Sending, Verb};
pub(crate) use self::condition::Said;
pub(crate) use self::test::{Bounds, Form, Operand, Place, Test};
