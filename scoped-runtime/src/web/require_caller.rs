use std::sync::Arc;

use super::verified_caller::VerifiedCaller;
use crate::client::ScopedClients;
use crate::error::CallerError;

/// A middleware, for axum as for actix-web: no request passes without a caller. It verifies once; the
/// extractors behind it find the caller there.
///
/// It can require more of the callers of a whole router, as a handler can with
/// [`Caller::require_aal2`](crate::Caller::require_aal2) and the like.
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
    /// Callers whom these clients' verifier believes.
    pub fn new(clients: &ScopedClients) -> Self {
        Self {
            clients: clients.clone(),
            aal2: false,
            permanent: false,
            role: None,
        }
    }

    /// Only callers who have signed in with a second factor.
    pub fn require_aal2(mut self) -> Self {
        self.aal2 = true;
        self
    }

    /// Only callers who are not anonymous.
    pub fn require_permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// Only callers in this role.
    pub fn require_role(mut self, name: impl Into<Arc<str>>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// The caller who sends this header, if they may pass.
    pub(super) async fn check(
        &self,
        header: Option<&str>,
        known: Option<VerifiedCaller>,
    ) -> Result<VerifiedCaller, CallerError> {
        let known = VerifiedCaller::of(&self.clients, header, known).await?;
        let known = known.ok_or(CallerError::Missing)?;
        let caller = &known.0;
        if self.aal2 {
            caller.require_aal2()?;
        }
        if self.permanent {
            caller.require_permanent()?;
        }
        if let Some(role) = &self.role {
            caller.require_role(role)?;
        }
        Ok(known)
    }
}
