//! What a token says: who (`sub`), as what (`role`), and the project's own claims.

mod aal;
mod actor;
mod checks;
mod claim;
mod claim_set;
mod inspect;
mod kind_at;
mod nested;
mod role;
#[cfg(feature = "schemars")]
mod schema;
mod subject;
mod text_traits;
mod to_json;
mod user_id;

pub use aal::Aal;
pub use actor::{Actor, ToActor};
#[doc(hidden)]
pub use checks::{Checks, Pattern, pattern};
pub use claim::Claim;
#[doc(hidden)]
pub use claim::Description;
pub(crate) use claim_set::ClaimSet;
pub use inspect::ClaimValue;
#[doc(hidden)]
pub use inspect::{Class, Inspect, Other, Probe, accept};
#[doc(hidden)]
pub use kind_at::kind_at;
#[doc(hidden)]
pub use nested::{deserialize as deserialize_nested, serialize as serialize_nested};
pub use role::Role;
pub(crate) use subject::is_control;
#[doc(hidden)]
pub use to_json::ToJson;
pub(crate) use to_json::{ClaimError, PRIVATE};
pub use user_id::{ToUserId, UserId};

pub use scoped_rules::ClaimKind;
pub use scoped_rules::constraint::{Literal, Number};
pub use scoped_rules::registered::RESERVED;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::TokenError;

/// What a claim's value must be like; the claims of a struct are constants.
pub type Constraint = scoped_rules::constraint::Constraint;

/// A struct whose fields are claims. Put [`#[scoped_claims]`](crate::scoped_claims) on it, or
/// `#[derive(ScopedClaims)]` if it derives serde's traits itself; do not
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

    /// The role of clients with these claims that are given none.
    const ROLE: Option<&'static str> = None;

    /// The life of their tokens, if they are given none.
    const EXPIRES_IN: Option<Duration> = None;

    /// How many bytes the claims may have as JSON.
    const MAX_BYTES: Option<usize> = None;

    /// Whether the values obey the rules that the struct declares, as making a client checks it: for
    /// claims from outside, before anything else happens.
    ///
    /// # Errors
    /// [`TokenError::InvalidClaims`] with every rule that is broken, and what else makes claims error
    /// for a token.
    fn check(&self) -> Result<(), TokenError>
    where
        Self: Sized,
    {
        ClaimSet::of(self).map(|_| ())
    }

    /// The claims as a JSON Schema (draft 2020-12): what [`CLAIMS`](Self::CLAIMS) knows. A claim whose
    /// type only its `Serialize` knows may be anything there.
    #[cfg(feature = "schemars")]
    fn json_schema() -> schemars::Schema
    where
        Self: Sized,
    {
        schema::of(Self::CLAIMS)
    }

    /// Whether what users can edit (`user_metadata`) is read as claims: `allow_user_metadata`.
    #[doc(hidden)]
    const READS_USER_METADATA: bool = false;

    /// The rules that are code.
    #[doc(hidden)]
    fn check_more(&self, _: &mut Checks<'_>) {}
}

/// No claims beyond those that every token has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoClaims {}

#[diagnostic::do_not_recommend]
impl ScopedClaims for NoClaims {
    const CLAIMS: &'static [Claim] = &[];
}
