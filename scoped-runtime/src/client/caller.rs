use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::core::UserCore;
use super::{ScopedClient, ScopedClientBuilder, ScopedClients};
use crate::claims::ScopedClaims;
use crate::error::{CallerError, Error};
use crate::session::{ForwardingSource, Identity, IdentityClaims};
use crate::verify::{TokenVerifier, VerifiedToken};

impl ScopedClients {
    /// The verifier of the tokens that callers of this project present.
    #[must_use]
    pub fn verifier(&self) -> &TokenVerifier {
        &self.project.verifier
    }

    /// Verifies the bearer token of an `Authorization` header and returns the caller. It is a shorthand for
    /// [`TokenVerifier::authenticate`] of the project's [`verifier`](Self::verifier).
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients, header: &str) -> Result<(), scoped_runtime::Error> {
    /// let caller: scoped_runtime::Caller = clients.authenticate(header).await?; // `Bearer ey..`
    /// let db = caller.forward_token(&clients)?;                                 // acts as the caller
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The errors of [`TokenVerifier::authenticate`].
    #[doc(alias = "verify")]
    #[doc(alias = "jwtVerify")]
    pub async fn authenticate<C>(&self, header: &str) -> Result<VerifiedToken<C>, CallerError>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        self.verifier().authenticate(header).await
    }
}

impl<C: ScopedClaims> VerifiedToken<C> {
    /// Starts the builder of a client that acts as the caller with freshly minted tokens, which are renewed
    /// automatically. Use it for work that outlives the request.
    ///
    /// The user, claims, role, anonymity and actor are taken from the verified token; the builder can
    /// override them, for example with another [`actor`](crate::ScopedClientBuilder::actor), and can add a
    /// [`reason`](crate::ScopedClientBuilder::reason). If the [`MintPolicy`](crate::MintPolicy) requires an
    /// actor and the token names none, the caller becomes the actor: `act.sub` is the caller's ID. The
    /// assurance level is `aal1`, since the user did not sign in for the minted token. The lifetime is the
    /// `expires_in = "..."` of the claims, else one hour, capped by what the policy allows.
    ///
    /// ```no_run
    /// # use scoped_runtime::{Caller, Error, ScopedClients};
    /// # async fn example(caller: Caller, clients: ScopedClients) -> Result<(), Error> {
    /// let db = caller.client(&clients).actor("export-job").client()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// This method does not fail. The builder's [`client`](crate::ScopedClientBuilder::client) fails with
    /// [`CallerError::AnotherProject`] if another verifier than the one of `clients` verified the token.
    pub fn client(&self, clients: &ScopedClients) -> ScopedClientBuilder<C> {
        ScopedClientBuilder::of_caller(clients, self)
    }

    /// Returns a client that forwards the caller's own token, with all of its claims. The token is never
    /// renewed or replaced: once it has expired, requests fail with
    /// [`TokenError::Expired`](crate::TokenError::Expired). No token is minted, so neither the audit nor the
    /// [`MintPolicy`](crate::MintPolicy) is involved.
    ///
    /// ```no_run
    /// # async fn example(caller: scoped_runtime::Caller, clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// let db = caller.forward_token(&clients)?;
    /// let notes: Vec<serde_json::Value> = db.from("notes").select("*").fetch().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CallerError::AnotherProject`] if another verifier than the one of `clients` verified the token.
    pub fn forward_token(&self, clients: &ScopedClients) -> Result<ScopedClient<C>, Error> {
        self.check_project(clients)?;
        let project = &clients.project;
        let token = self.access_token();
        let identity = Identity {
            user_id: self.user_id().clone(),
            role: self.role().clone(),
            is_anonymous: self.is_anonymous(),
            aal: self.aal(),
            actor: self.actor().cloned(),
            claims: IdentityClaims::InToken(token.clone()),
        };
        let close_flag = project.open_users.flag_of(&identity.user_id);
        let source = ForwardingSource::new(identity, token, Arc::clone(&project.mint.clock));
        let core = UserCore::new(Arc::new(source), close_flag.derive(), project, false);
        Ok(ScopedClient::new(core, self.shared_claims()))
    }

    fn check_project(&self, clients: &ScopedClients) -> Result<(), CallerError> {
        if clients.verifier().has_verified(self) {
            return Ok(());
        }
        Err(CallerError::AnotherProject)
    }
}
