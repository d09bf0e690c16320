//! The queries of the tests: recorded as data, and written with the methods of the library.

mod chain;
mod condition;
mod start;
mod step;
mod test;

pub(crate) use self::chain::{Chain, Sending, Verb};
pub(crate) use self::condition::Said;
pub(crate) use self::test::{Bounds, Form, Operand, Place, Test};
