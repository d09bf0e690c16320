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

/// A verified access token, and with it the identity of the caller. Only a
/// [`TokenVerifier`](crate::TokenVerifier) creates one. Cheap to clone. `Debug` shows neither the token nor
/// its claims.
///
/// ```no_run
/// use scoped_runtime::{Caller, Error, ScopedClients};
///
/// # async fn example(clients: ScopedClients, header: &str) -> Result<(), Error> {
/// let caller: Caller = clients.authenticate(header).await?;
/// caller.require_aal2()?.require_permanent()?;
/// println!("{} in the role {}", caller.user_id(), caller.role());
/// # Ok(()) }
/// ```
pub struct VerifiedToken<C = NoClaims> {
    verified: Arc<Verified>,
    claims: Arc<C>,
}

/// The verified caller of a request: the name of [`VerifiedToken`] as an extractor in handlers.
pub type Caller<C = NoClaims> = VerifiedToken<C>;

/// The verified content, independent of the struct that the claims are read as.
pub(super) struct Verified {
    /// The issuer of the verifier, whose allocation identifies it.
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
    /// The user's ID (`sub`).
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.verified.registered.user_id
    }

    /// The database role (`role`). It is never `anon`, and never a role that bypasses Row Level Security.
    #[must_use]
    pub fn role(&self) -> &Role {
        &self.verified.registered.role
    }

    /// The authenticator assurance level (`aal`); see <https://supabase.com/docs/guides/auth/auth-mfa>.
    #[must_use]
    pub fn aal(&self) -> Aal {
        self.verified.registered.aal
    }

    /// The ID of the user's session at Auth (`session_id`). `None` for a minted token, which has no session.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.verified.registered.session_id.as_deref()
    }

    /// Whether the user signed in anonymously (`is_anonymous`); see
    /// <https://supabase.com/docs/guides/auth/auth-anonymous>.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.verified.registered.is_anonymous
    }

    /// The project's own claims, read as the struct `C`.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// The actor on behalf of the user (`act`, RFC 8693, section 4.1); `None` if the user acts directly.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.verified.registered.actor.as_ref()
    }

    /// When the token was issued (`iat`).
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.verified.registered.issued_at
    }

    /// When the token expires (`exp`).
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.verified.registered.expires_at
    }

    /// Reads the claims of the token as another struct. The token is not verified again.
    ///
    /// # Errors
    /// [`CallerError::ClaimsMismatch`] when the claims cannot be read as the struct, or break one of its rules.
    pub fn with_claims<D>(&self) -> Result<VerifiedToken<D>, CallerError>
    where
        D: ScopedClaims + DeserializeOwned,
    {
        Ok(VerifiedToken {
            verified: Arc::clone(&self.verified),
            claims: Arc::new(decode_claims::decode(&self.verified.payload)?),
        })
    }

    /// Requires that the user has signed in with a second factor; see
    /// <https://supabase.com/docs/guides/auth/auth-mfa>.
    ///
    /// # Errors
    /// [`CallerError::InsufficientAal`] if the assurance level is below `aal2`.
    pub fn require_aal2(&self) -> Result<&Self, CallerError> {
        if self.aal() < Aal::Aal2 {
            return Err(CallerError::InsufficientAal);
        }
        Ok(self)
    }

    /// Requires that the token has this database role.
    ///
    /// # Errors
    /// [`CallerError::InsufficientRole`] for another role.
    pub fn require_role(&self, name: &str) -> Result<&Self, CallerError> {
        if self.role().as_str() != name {
            return Err(CallerError::InsufficientRole {
                required: shown(name),
            });
        }
        Ok(self)
    }

    /// Requires that the user is not anonymous.
    ///
    /// # Errors
    /// [`CallerError::Anonymous`] for an anonymous user.
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
    pub(crate) fn has_token(&self, token: &str) -> bool {
        self.verified.token.expose_secret() == token
    }

    /// The claims, shared with the clients that the caller makes.
    pub(crate) fn shared_claims(&self) -> Arc<C> {
        Arc::clone(&self.claims)
    }

    /// The token in the form that clients send.
    pub(crate) fn access_token(&self) -> AccessToken {
        let token = self.verified.token.expose_secret();
        AccessToken::verified(token, self.issued_at(), self.expires_at())
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

/// The user becomes the actor; the token's own actor is kept as the next link of the chain.
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
