//! What a token says: who (`sub`), as what (`role`), and the project's own claims.

mod registered;
mod role;
mod set;
mod user_id;

pub use registered::RESERVED;
pub use role::Role;
pub(crate) use role::bypasses_rls;
pub(crate) use set::ClaimSet;
pub use user_id::{ToUserId, UserId};

use serde::Serialize;

/// A struct whose fields are claims. Put [`#[scoped_claims]`](crate::scoped_claims) on it; do not
/// implement this by hand.
///
/// A function that takes `&ScopedClient<Tenant>` cannot be called with a client that lacks
/// `Tenant`'s claims.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of claims",
    label = "not a set of claims",
    note = "put `#[scoped_claims]` on the struct"
)]
pub trait ScopedClaims: Serialize + Send + Sync + 'static {
    /// The claims this struct can put into a token.
    const CLAIMS: &'static [Claim];
}

/// What is known of one claim when the program is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    name: &'static str,
}

impl Claim {
    /// A claim of this name at the top level of the token.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// The claim's name in the token.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// No claims beyond those that every token has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NoClaims {}

#[diagnostic::do_not_recommend]
impl ScopedClaims for NoClaims {
    const CLAIMS: &'static [Claim] = &[];
}
