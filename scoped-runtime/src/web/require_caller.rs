use std::sync::Arc;

use super::verified_caller::VerifiedCaller;
use crate::client::ScopedClients;
use crate::error::CallerError;

/// A middleware for axum and actix-web that answers every request without a valid token with 401. The token
/// is verified once; the extractors in the handlers reuse the result.
///
/// The middleware can also require an assurance level, a role or a permanent user for a whole router, as
/// [`Caller::require_aal2`](crate::Caller::require_aal2), [`Caller::require_role`](crate::Caller::require_role)
/// and [`Caller::require_permanent`](crate::Caller::require_permanent) do in a handler. A caller who does not
/// meet a requirement is answered with 403.
///
/// ```
/// use scoped_runtime::{RequireCaller, ScopedClients};
///
/// fn admins(clients: &ScopedClients) -> RequireCaller {
///     RequireCaller::new(clients).require_aal2().require_permanent()
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct RequireCaller {
    clients: ScopedClients,
    aal2: bool,
    permanent: bool,
    role: Option<Arc<str>>,
}

impl RequireCaller {
    /// Requires a token that the verifier of these clients accepts.
    pub fn new(clients: &ScopedClients) -> Self {
        Self {
            clients: clients.clone(),
            aal2: false,
            permanent: false,
            role: None,
        }
    }

    /// Requires the assurance level `aal2`: the caller has signed in with a second factor; see
    /// <https://supabase.com/docs/guides/auth/auth-mfa>.
    pub fn require_aal2(mut self) -> Self {
        self.aal2 = true;
        self
    }

    /// Requires a permanent user: refuses anonymous sign-ins; see
    /// <https://supabase.com/docs/guides/auth/auth-anonymous>.
    pub fn require_permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// Requires this database role.
    pub fn require_role(mut self, name: impl Into<Arc<str>>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Verifies the token of the header and checks every requirement.
    pub(super) async fn check(
        &self,
        header: Option<&str>,
        verified: Option<VerifiedCaller>,
    ) -> Result<VerifiedCaller, CallerError> {
        let verified = VerifiedCaller::of(&self.clients, header, verified).await?;
        let verified = verified.ok_or(CallerError::Missing)?;
        let caller = &verified.0;
        if self.aal2 {
            caller.require_aal2()?;
        }
        if self.permanent {
            caller.require_permanent()?;
        }
        if let Some(role) = &self.role {
            caller.require_role(role)?;
        }
        Ok(verified)
    }
}
