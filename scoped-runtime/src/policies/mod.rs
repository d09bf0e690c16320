//! Compares claims with the SQL of policies at run time: in a test ([`check`], [`Check`]), or as a listing of
//! the claims that policies read ([`survey`]).
//!
//! `#[scoped_claims(policies = "...")]` does the same comparison while the program is compiled;
//! [the guide](crate::docs::policies) explains what is read, what is found, and when to use which. Relative
//! paths begin at the package's `Cargo.toml` (the `CARGO_MANIFEST_DIR` of the running test, or the current
//! folder). A path is a folder with SQL files, a file, or a glob with `*`, `?` and `**`.
//!
//! ```
//! use scoped_runtime::{policies, scoped_claims};
//!
//! #[scoped_claims]
//! struct Tenant {
//!     tenant_id: String,
//!     #[claim(unread)]
//!     plan: String,
//! }
//!
//! # fn main() -> Result<(), policies::PoliciesError> {
//! // in a test:
//! # let folder = "../tests/server/supabase/migrations"; const _: &str = stringify!(
//! let folder = "supabase/migrations";
//! # );
//! policies::check::<Tenant>(folder)?.assert_clean();
//! # Ok(())
//! # }
//! ```

mod check;
mod definitions;
mod finding;
mod history;
mod object;
mod report;
mod survey;

use std::io;
use std::path::Path;

use crate::claims::ScopedClaims;

pub use check::Check;
#[cfg_attr(
    not(any(feature = "postgres", feature = "testing")),
    allow(unused_imports, reason = "for features")
)]
pub(crate) use definitions::Definition;
pub use definitions::{Definitions, Difference};
pub use finding::Finding;
pub use object::{Object, ObjectKind};
pub use report::Report;
pub use scoped_rules::policies::{FindingKind, Severity};
pub use survey::{Read, Survey};

/// Compares the claims of `C` with the policies in these SQL files. [`Check`] does the same with options.
///
/// # Errors
/// [`PoliciesError`] if the files cannot be read or there are none. The findings about the policies are in the
/// [`Report`].
pub fn check<C: ScopedClaims>(path: impl AsRef<Path>) -> Result<Report, PoliciesError> {
    Check::new([path]).run::<C>()
}

/// Lists the claims that the policies in these SQL files read, for example to write a struct for them.
///
/// # Errors
/// [`PoliciesError`] if the files cannot be read or there are none.
pub fn survey(path: impl AsRef<Path>) -> Result<Survey, PoliciesError> {
    let project = history::project(&[history::pattern(path)])?;
    Ok(Survey::of(&project))
}

/// An error of the arguments of a check or a survey. Findings about policies are not errors of this type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoliciesError {
    /// A folder or file does not exist or cannot be read.
    #[error(
        "`{path}` cannot be read; name a folder, a file or a glob from the package's `Cargo.toml` on"
    )]
    Unreadable {
        /// The folder or file.
        path: String,
        /// The error of the file system.
        source: io::Error,
    },
    /// A folder or glob has no SQL files.
    #[error(
        "`{path}` has no SQL files; name a folder, a file or a glob from the package's `Cargo.toml` on"
    )]
    NoFiles {
        /// The folder or glob.
        path: String,
    },
    /// A text that should be definitions is something else.
    #[error("the definitions cannot be read; write them again with `Definitions::to_json`")]
    Definitions {
        /// The error of the JSON.
        source: serde_json::Error,
    },
    /// An entry of an option names nothing, or contradicts another option.
    #[error("`{entry}` of `{option}` {reason}; correct or remove it")]
    Entry {
        /// The option's name, such as `allow`.
        option: &'static str,
        /// The entry.
        entry: String,
        /// Why the entry is refused.
        reason: &'static str,
    },
}
