//! The SQL of the policies beside the claims, outside of the build: in a test, or as a table to read.
//!
//! `#[scoped_claims(policies = "...")]` does the same while the program compiles;
//! [the guide](crate::docs::policies) says what is read, what is found and when to use which. Paths
//! begin at the package's `Cargo.toml` (`CARGO_MANIFEST_DIR` of the running test, else the current
//! folder). A path is a folder, whose `*.sql` are read in the order of their names, a file, or a glob
//! with `*`, `?` and `**`.
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
mod error;
mod finding;
mod history;
mod object;
mod report;
mod survey;

use std::path::Path;

use crate::claims::ScopedClaims;

pub use check::Check;
pub use error::PoliciesError;
pub use finding::Finding;
pub use object::{Object, ObjectKind};
pub use report::Report;
pub use scoped_rules::policies::{FindingKind, Severity};
pub use survey::{Read, Survey};

/// Compares the claims of `C` with the policies in these SQL files: [`Check`] without options.
///
/// # Errors
/// [`PoliciesError`] if there is nothing to read. What is wrong with the policies is in the [`Report`].
pub fn check<C: ScopedClaims>(path: impl AsRef<Path>) -> Result<Report, PoliciesError> {
    Check::new([path]).run::<C>()
}

/// What of the token the policies read, before there is a struct for it.
///
/// # Errors
/// [`PoliciesError`] if there is nothing to read.
pub fn survey(path: impl AsRef<Path>) -> Result<Survey, PoliciesError> {
    let project = history::project(&[history::pattern(path)])?;
    Ok(Survey::of(&project))
}
