//! The content of tokens: the user (`sub`), the role, the actor, and the project's own claims.

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

/// A constraint on the value of a claim, such as a minimum or a pattern.
pub type Constraint = scoped_rules::constraint::Constraint;

/// A struct whose fields are claims. Implement it with [`#[scoped_claims]`](crate::scoped_claims), or with
/// `#[derive(ScopedClaims)]` if the struct derives serde's traits itself, and never by hand.
///
/// A function that takes `&ScopedClient<Tenant>` cannot be called with a client that lacks the claims of
/// `Tenant`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of claims",
    label = "not a set of claims",
    note = "put `#[scoped_claims]` on the struct"
)]
pub trait ScopedClaims: Serialize + Send + Sync + 'static {
    /// The claims that this struct can put into a token.
    const CLAIMS: &'static [Claim];

    /// The default role of clients with these claims.
    const ROLE: Option<&'static str> = None;

    /// The default lifetime of tokens with these claims.
    const EXPIRES_IN: Option<Duration> = None;

    /// The greatest size of the claims as JSON, in bytes.
    const MAX_BYTES: Option<usize> = None;

    /// Checks that the values satisfy the rules of the struct and can be in a token. Building a client does
    /// the same check; call it to validate claims that come from outside of the program.
    ///
    /// # Errors
    /// [`TokenError::InvalidClaims`] with every rule that is violated, and the other errors of claims that
    /// cannot be in a token.
    fn check(&self) -> Result<(), TokenError>
    where
        Self: Sized,
    {
        ClaimSet::of(self).map(|_| ())
    }

    /// Returns the JSON Schema (draft 2020-12) of the claims, from [`CLAIMS`](Self::CLAIMS). The schema does
    /// not restrict a claim of an unknown type.
    #[cfg(feature = "schemars")]
    fn json_schema() -> schemars::Schema
    where
        Self: Sized,
    {
        schema::of(Self::CLAIMS)
    }

    /// Whether `user_metadata`, which users can edit, is read as claims (`allow_user_metadata`).
    #[doc(hidden)]
    const READS_USER_METADATA: bool = false;

    /// The names of the variants of those claims that are enums, in the order of [`CLAIMS`](Self::CLAIMS). Only
    /// serde knows them, when the program runs.
    #[doc(hidden)]
    fn enum_values() -> Vec<Option<&'static [&'static str]>> {
        Vec::new()
    }

    /// Checks the rules that are code: patterns and custom functions.
    #[doc(hidden)]
    fn check_more(&self, _: &mut Checks<'_>) {}
}

/// No custom claims: the token has only the claims that every token has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoClaims {}

#[diagnostic::do_not_recommend]
impl ScopedClaims for NoClaims {
    const CLAIMS: &'static [Claim] = &[];
}
