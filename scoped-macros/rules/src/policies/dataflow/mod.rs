//! How what was read of the token flows: through expressions, queries, variables and functions, until it
//! is compared, returned or lost.
//!
//! - `value` is what an expression may be: parts of the token, literals, anything else.
//! - `expression`, `operator`, `key` and `call` make values of trees; `builtin` is the table of the
//!   functions of Postgres that are understood, and the place for a new idiom.
//! - `query`, `from` and `statement` bind values to columns and variables, in the order of execution.
//! - `function` evaluates the body of a function for the arguments of one call.
//! - `report` is where values end: [`compared`](Flow), read, handed on or lost.

mod builtin_functions;
mod claim_use;
mod comparison;
mod containment;
mod control_flow;
mod execute;
mod expression;
mod frame;
mod from_clause;
mod function_body;
mod function_call;
mod json_access;
mod json_functions;
mod json_literal;
mod json_path;
mod operator;
mod query;
mod report;
mod return_value;
mod statement;
mod stored_values;
mod token_functions;
mod value;
mod view;

pub use claim_use::{ClaimUse, Extraction, Predicate};
pub(crate) use claim_use::{PathStep, RawFinding, RawFindingKind, RawRead};
pub(crate) use frame::{CodeKind, EvaluationContext, Output};
pub(crate) use function_body::Dataflow;
