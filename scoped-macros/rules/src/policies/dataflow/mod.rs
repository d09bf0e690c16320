//! Data-flow analysis: follows the token through expressions, queries, variables and functions, until a part
//! of it is compared, returned or can no longer be followed.
//!
//! - `value`: the values that an expression may have: parts of the token, literals, or anything else.
//! - `token_functions`: where the token enters, such as `auth.jwt()` and `current_setting(..)`.
//! - `expression`, `operator`, `json_access` and `function_call` evaluate syntax trees.
//! - `builtin_functions` and `json_functions` list the functions of PostgreSQL that the engine knows; add others
//!   there.
//! - `query`, `from_clause` and `statement` bind values to columns and variables, in the order of execution.
//! - `function_body` evaluates the body of a function for the arguments of one call.
//! - `comparison`, `containment` and `report` are where values end: compared, read, or no longer followed.

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
