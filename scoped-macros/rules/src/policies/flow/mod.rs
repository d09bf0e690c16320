//! How what was read of the token flows: through expressions, queries, variables and functions, until it
//! is compared, returned or lost.
//!
//! - `value` is what an expression may be: parts of the token, literals, anything else.
//! - `expression`, `operator`, `key` and `call` make values of trees; `builtin` is the table of the
//!   functions of Postgres that are understood, and the place for a new idiom.
//! - `query`, `from` and `statement` bind values to columns and variables, in the order of execution.
//! - `function` evaluates the body of a function for the arguments of one call.
//! - `report` is where values end: [`compared`](Flow), read, handed on or lost.

mod branch;
mod builtin;
mod call;
mod compare;
mod contains;
mod execute;
mod expression;
mod frame;
mod from;
mod function;
mod json;
mod json_path;
mod jsonb;
mod key;
mod model;
mod operator;
mod query;
mod report;
mod returned;
mod root;
mod statement;
mod store;
mod value;
mod view;

pub(crate) use frame::{Context, Output, Place};
pub(crate) use function::Flow;
pub(crate) use model::{Found, Remark, RemarkKind, Step};
pub use model::{Shape, Test, Use};
