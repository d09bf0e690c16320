//! The rules that `scoped-macros` and `scoped-runtime` must agree on, written once.
//!
//! Depend on `scoped-runtime`, which re-exports what users need. This crate is an implementation detail of the
//! two, and its API may change with any version of them.
//!
//! | module | content |
//! |---|---|
//! | [`registered`] | the claims that the runtime sets itself |
//! | [`role`] | the names that a database role may have |
//! | [`lifetime`] | the lifetime of tokens, and when they are renewed |
//! | [`uuid`] | the text forms of UUIDs |
//! | [`constraint`] | the constraints that `#[claim(...)]` puts on claims |
//! | [`similar`] | suggestions for misspelled names |
//! | [`sql_files`] | the SQL files that a folder or pattern names |
//! | `policies` (feature `policies`) | the claims that the policies in these files read |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod claim_kind;
pub mod constraint;
pub mod lifetime;
#[cfg(feature = "policies")]
pub mod policies;
pub mod registered;
pub mod role;
pub mod similar;
pub mod sql_files;
pub mod uuid;

pub use claim_kind::ClaimKind;

/// Why a value is refused, and what to do about it: the two halves of an error message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, as the continuation of a sentence that begins with the name of the field: `is empty`.
    pub reason: &'static str,
    /// What to do, as a request: ``name a role such as `authenticated` ``.
    pub remedy: &'static str,
}

/// The cause and the remedy: ``is empty; name a role such as `authenticated` ``.
impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.reason, self.remedy)
    }
}
