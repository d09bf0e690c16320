use std::hash::{Hash, Hasher};
use std::sync::Arc;

use scoped_rules::registered::is_reserved;
use serde_json::{Map, Value};

use crate::claims::{Aal, Actor, Role, UserId};
use crate::error::TokenError;
use crate::token::{AccessToken, Template};

/// Who a client acts as, without a signature: a user, a role, claims, anonymity, and who acts as the user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) is_anonymous: bool,
    pub(crate) aal: Aal,
    pub(crate) actor: Option<Actor>,
    pub(crate) claims: Claims,
}

/// Where an identity's claims are.
#[derive(Debug, Clone)]
pub(crate) enum Claims {
    /// Encoded for the tokens that are minted.
    Encoded(Arc<Template>),
    /// In the user's own token.
    In(AccessToken),
}

impl Identity {
    /// The user (`sub`).
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The database role.
    #[must_use]
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// Whether the user signed in anonymously (`is_anonymous`).
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.is_anonymous
    }

    /// How sure Auth is of the user, or is taken to be (`aal`).
    #[must_use]
    pub fn aal(&self) -> Aal {
        self.aal
    }

    /// Who acts as the user (`act`), if that was said.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// The project's own claims, decoded.
    #[must_use]
    pub fn claims(&self) -> Map<String, Value> {
        // Depth and chains have limits, so that what was encoded can be decoded.
        self.decoded_claims().unwrap_or_default()
    }

    pub(crate) fn decoded_claims(&self) -> Result<Map<String, Value>, TokenError> {
        match &self.claims {
            Claims::Encoded(template) => template.custom_claims(),
            Claims::In(token) => {
                let mut claims = token.claims();
                claims.retain(|name, _| !is_reserved(name));
                Ok(claims)
            }
        }
    }
}

/// Encoded claims are equal if their texts are, tokens only if they are the same one.
impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Encoded(one), Self::Encoded(other)) => one == other,
            (Self::In(one), Self::In(other)) => one.is(other),
            _ => false,
        }
    }
}

impl Eq for Claims {}

impl Hash for Claims {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Self::Encoded(template) = self {
            template.hash(state);
        }
    }
}
