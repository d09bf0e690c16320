//! The engine that reads SQL migrations and finds the claims that live policies read. It knows nothing of macros.
//!
//! | step | modules |
//! |---|---|
//! | the parts of a file that a tool applies | `migration_direction` |
//! | text to tokens, also in text with an unbalanced quote | `lexer`, `token`, `quoted_text`, `string_escape`, `delimiter_index`, `source` |
//! | tokens to statements | `statements` |
//! | tokens to syntax trees | `syntax` |
//! | statements to the objects that exist in the end | `replay` |
//! | the token's way through expressions and functions | `dataflow` |
//! | live objects to reads of claims | `claim_reads`, `project` |
//! | reads compared with the claims of a struct | `compare`, `token_claims`, `check_read`, `claim_lookup`, `compatibility`, `finding_groups` |
//! | shared nouns | `name`, `type_name`, `object`, `finding`, `line_index`, `text_functions` |
//!
//! To teach the engine a function of PostgreSQL, edit `dataflow/builtin_functions.rs`, or
//! `dataflow/json_functions.rs` for a JSON function; for an operator `dataflow/operator.rs`; for a statement
//! that changes objects `replay`.

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
mod syntax;
mod text_functions;
mod token;
mod token_claims;
mod type_name;

pub use compare::{CompareOptions, blind_spots, compare, entry_names_claim, entry_names_table};
pub use dataflow::{ClaimUse, Extraction, Predicate};
pub use finding::{Finding, FindingKind, Severity, dotted};
pub use name::{QualifiedName, shown};
pub use object::{Object, ObjectKind, SourceLocation};
pub use project::{ClaimRead, Project};
pub use statements::{query_after_with, statement_spans};
pub use token_claims::{KnownClaim, TokenClaims};
