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

mod check_read;
mod claim_lookup;
mod claim_reads;
mod compare;
mod compatibility;
mod dataflow;
mod delimiter_index;
mod finding;
mod finding_groups;
mod lexer;
mod line_index;
mod migration_direction;
mod name;
mod object;
mod project;
mod quoted_text;
mod replay;
mod source;
mod statements;
mod string_escape;
mod suggest;
mod syntax;
mod text_functions;
mod token;
mod token_claims;
mod type_name;

pub use compare::{CompareOptions, blind_spots, compare, entry_names_claim, entry_names_table};
pub use dataflow::{ClaimUse, Extraction, Predicate};
pub use finding::{Finding, FindingKind, Severity, dotted};
pub use name::{QualifiedName, shown};
pub use object::{Object, ObjectKind, RoleMatch, SourceLocation};
pub use project::{ClaimRead, Project};
pub use token_claims::{KnownClaim, TokenClaims};
