//! The claims that an expression, a query or a function's body reads.
//!
//! There is no grammar of statements: a *root*, such as `auth.jwt()`, is found anywhere, and then one
//! walks outward from it over the operators, casts, brackets and calls around it.

mod alias;
mod binding;
mod call;
mod code;
mod context;
mod json;
mod json_path;
mod key;
mod literal;
mod matcher;
mod model;
mod root;
mod table;
mod variable;
mod walk;

pub(crate) use code::Code;
pub(crate) use matcher::{Helpers, Matcher, Output, Place, Setting};
pub(crate) use model::{Helper, Inside, RemarkKind, Step};
pub use model::{Shape, Test, Use};
