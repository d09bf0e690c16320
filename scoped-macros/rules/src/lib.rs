//! What `scoped-macros` and `scoped-runtime` must agree on, written once. Depend on `scoped-runtime`, which
//! re-exports what users need: this crate changes with every version of it.
//!
//! | module | what it says |
//! |---|---|
//! | [`registered`] | the claims that the runtime sets itself |
//! | [`role`] | the names that a database role may have |
//! | [`lifetime`] | how long tokens live, and when they are renewed |
//! | [`uuid`] | which texts are UUIDs |
//! | [`constraint`] | the rules that `#[claim(...)]` gives a claim |
//! | [`similar`] | the name that a misspelled one was meant to be |
//! | [`sql_files`] | the SQL files that a folder or pattern names |
//! | `policies` (feature `policies`) | which claims the policies in them read |

#![forbid(unsafe_code)]

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

/// Why a value is refused, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, to stand behind the name of the field: `is empty`.
    pub reason: &'static str,
    /// What to do, as a request.
    pub remedy: &'static str,
}

/// ``is empty; name a role such as `authenticated` ``.
impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.reason, self.remedy)
    }
}
