//! SQL to the claims that policies read. Knows nothing of macros.
//!
//! | step | where |
//! |---|---|
//! | which parts of a file | `section` |
//! | text to tokens, also around damage | `lexer`, `quote`, `damage`, `escape` |
//! | tokens to statements and trees | `split`, `syntax` |
//! | the history: what is there, is not, or may be | `replay` |
//! | how what was read of the token flows, and where it ends | `flow` |
//! | live objects to reads | `survey` |
//! | reads beside the claims of a struct | `compare`, `judge`, `fit`, `merge` |
//!
//! A function of Postgres that is not understood yet goes into `flow/builtin.rs`, or `flow/jsonb.rs` if it is
//! for JSON; an operator into `flow/operator.rs`; a statement that changes objects into `replay`.

mod compare;
mod damage;
mod escape;
mod finding;
mod fit;
mod flow;
mod judge;
mod lexer;
mod lines;
mod lookup;
mod merge;
mod name;
mod object;
mod quote;
mod read;
mod replay;
mod section;
mod source;
mod split;
mod suggest;
mod survey;
mod syntax;
mod target;
mod template;
mod token;
mod types;

pub use compare::{Options, blind_spots, compare, is_below, names_table};
pub use finding::{Finding, FindingKind, Severity, dotted};
pub use flow::{Shape, Test, Use};
pub use name::{QualifiedName, shown};
pub use object::{Object, ObjectKind, Place, Reach};
pub use read::{Project, Read};
pub use target::{Known, Target};
