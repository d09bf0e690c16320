use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::decode_claims;
use super::registered_claims::RegisteredClaims;
use crate::claims::{Aal, Actor, NoClaims, Role, ScopedClaims, ToActor, ToUserId, UserId};
use crate::error::{CallerError, ClientError, shown};
use crate::token::AccessToken;

/// A token that was verified, and with it who is calling: [`TokenVerifier`](crate::TokenVerifier) makes
/// one, and nothing else does. Cheap to clone. `Debug` shows neither the token nor claims.
pub struct VerifiedToken<C = NoClaims> {
    verified: Arc<Verified>,
    claims: Arc<C>,
}

/// Who is calling: the name of a [`VerifiedToken`] in handlers, where it is an extractor.
pub type Caller<C = NoClaims> = VerifiedToken<C>;

/// What was verified, whatever struct it is read as.
pub(super) struct Verified {
    /// The project's, by its place in memory.
    project: Arc<str>,
    token: SecretString,
    payload: Value,
    registered: RegisteredClaims,
}

impl Verified {
    pub(super) fn new(
        project: Arc<str>,
        token: &str,
        payload: Map<String, Value>,
        registered: RegisteredClaims,
    ) -> Self {
        Self {
            project,
            token: token.into(),
            payload: payload.into(),
            registered,
        }
    }
}

impl VerifiedToken<NoClaims> {
    pub(super) fn new(verified: Verified) -> Self {
        Self {
            verified: Arc::new(verified),
            claims: Arc::new(NoClaims {}),
        }
    }
}

impl<C> VerifiedToken<C> {
    /// Who the user is (`sub`).
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.verified.registered.user_id
    }

    /// The database role. Never `anon`, and never one that bypasses Row Level Security.
    #[must_use]
    pub fn role(&self) -> &Role {
        &self.verified.registered.role
    }

    /// How sure Auth is of the user.
    #[must_use]
    pub fn aal(&self) -> Aal {
        self.verified.registered.aal
    }

    /// The session at Auth that the token is of, if it is of one; a minted token is not.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.verified.registered.session_id.as_deref()
    }

    /// Whether this is a user without credentials; see
    /// <https://supabase.com/docs/guides/auth/auth-anonymous>.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.verified.registered.is_anonymous
    }

    /// The project's own claims.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// Who acts as the user (`act`), if it is not the user.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.verified.registered.actor.as_ref()
    }

    /// When the token was issued (`iat`).
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.verified.registered.issued_at
    }

    /// When the token's life ends (`exp`).
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.verified.registered.expires_at
    }

    /// The same token with its claims read as another struct.
    ///
    /// # Errors
    /// [`CallerError::ClaimsMismatch`] when they do not fit, or break a rule of the struct.
    pub fn with_claims<D>(&self) -> Result<VerifiedToken<D>, CallerError>
    where
        D: ScopedClaims + DeserializeOwned,
    {
        Ok(VerifiedToken {
            verified: Arc::clone(&self.verified),
            claims: Arc::new(decode_claims::decode(&self.verified.payload)?),
        })
    }

    /// Goes on only if the user has signed in with a second factor.
    ///
    /// # Errors
    /// [`CallerError::InsufficientAal`] below `aal2`.
    pub fn require_aal2(&self) -> Result<&Self, CallerError> {
        if self.aal() < Aal::Aal2 {
            return Err(CallerError::InsufficientAal);
        }
        Ok(self)
    }

    /// Goes on only in this role.
    ///
    /// # Errors
    /// [`CallerError::InsufficientRole`] in any other.
    pub fn require_role(&self, name: &str) -> Result<&Self, CallerError> {
        if self.role().as_str() != name {
            return Err(CallerError::InsufficientRole {
                required: shown(name),
            });
        }
        Ok(self)
    }

    /// Goes on only if the user is not anonymous.
    ///
    /// # Errors
    /// [`CallerError::Anonymous`] if they are.
    pub fn require_permanent(&self) -> Result<&Self, CallerError> {
        if self.is_anonymous() {
            return Err(CallerError::Anonymous);
        }
        Ok(self)
    }

    pub(super) fn registered(&self) -> &RegisteredClaims {
        &self.verified.registered
    }

    pub(super) fn is_of_project(&self, project: &Arc<str>) -> bool {
        Arc::ptr_eq(&self.verified.project, project)
    }

    /// Whether this is the token that was verified.
    #[cfg(any(feature = "axum", feature = "actix-web"))]
    pub(crate) fn is(&self, token: &str) -> bool {
        self.verified.token.expose_secret() == token
    }

    /// The claims as clients hold them.
    pub(crate) fn shared_claims(&self) -> Arc<C> {
        Arc::clone(&self.claims)
    }

    /// The token as clients send it.
    pub(crate) fn access_token(&self) -> AccessToken {
        let token = self.verified.token.expose_secret();
        AccessToken::foreign(token, self.issued_at(), self.expires_at())
    }
}

impl<C> Clone for VerifiedToken<C> {
    fn clone(&self) -> Self {
        Self {
            verified: Arc::clone(&self.verified),
            claims: Arc::clone(&self.claims),
        }
    }
}

/// The user acts, through whoever acts for them in turn.
impl<C> ToActor for VerifiedToken<C> {
    fn to_actor(&self) -> Actor {
        Actor::acting(self.user_id().as_str(), self.actor().cloned())
    }
}

impl<C> ToUserId for VerifiedToken<C> {
    fn to_user_id(&self) -> Result<UserId, ClientError> {
        Ok(self.user_id().clone())
    }

    fn is_anonymous(&self) -> bool {
        Self::is_anonymous(self)
    }
}

impl<C> fmt::Debug for VerifiedToken<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("user_id", self.user_id())
            .field("role", self.role())
            .field("aal", &self.aal())
            .field("is_anonymous", &self.is_anonymous())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
