use std::hash::{Hash, Hasher};
use std::sync::Arc;

use scoped_rules::registered::is_reserved;
use serde_json::{Map, Value};

use crate::claims::{Aal, Actor, Role, UserId};
use crate::error::TokenError;
use crate::token::{AccessToken, PayloadTemplate};

/// Who a client acts as: a user, a database role, claims, whether the user is anonymous, and the actor that
/// acts as the user.
///
/// [`ScopedClient::identity`](crate::ScopedClient::identity) returns it. It holds no token and no signature.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) is_anonymous: bool,
    pub(crate) aal: Aal,
    pub(crate) actor: Option<Actor>,
    pub(crate) claims: IdentityClaims,
}

/// Where an identity's custom claims are stored.
#[derive(Debug, Clone)]
pub(crate) enum IdentityClaims {
    /// In the payload template of the tokens that are minted.
    Encoded(Arc<PayloadTemplate>),
    /// In the caller's own token, which is forwarded.
    InToken(AccessToken),
}

impl Identity {
    /// The ID of the user (claim `sub`).
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The database role (claim `role`).
    #[must_use]
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// Whether the user signed in anonymously (claim `is_anonymous`).
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.is_anonymous
    }

    /// The authenticator assurance level (claim `aal`): `aal1`, or `aal2` after a second factor. See
    /// <https://supabase.com/docs/guides/auth/auth-mfa>.
    #[must_use]
    pub fn aal(&self) -> Aal {
        self.aal
    }

    /// The actor that acts as the user (claim `act`, RFC 8693, section 4.1), if the client has one.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// The custom claims, decoded: every claim of the token that Supabase does not define itself.
    #[must_use]
    pub fn claims(&self) -> Map<String, Value> {
        // Encoding limits the nesting, so decoding what was encoded cannot fail.
        self.decoded_claims().unwrap_or_default()
    }

    pub(crate) fn decoded_claims(&self) -> Result<Map<String, Value>, TokenError> {
        match &self.claims {
            IdentityClaims::Encoded(template) => template.custom_claims(),
            IdentityClaims::InToken(token) => {
                let mut claims = token.claims();
                claims.retain(|name, _| !is_reserved(name));
                Ok(claims)
            }
        }
    }
}

/// Encoded claims are compared by their text. Tokens are equal only if they are clones of one token.
impl PartialEq for IdentityClaims {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Encoded(one), Self::Encoded(other)) => one == other,
            (Self::InToken(one), Self::InToken(other)) => one.is_same(other),
            _ => false,
        }
    }
}

impl Eq for IdentityClaims {}

impl Hash for IdentityClaims {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Self::Encoded(template) = self {
            template.hash(state);
        }
    }
}
