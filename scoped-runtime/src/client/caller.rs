use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{ScopedClient, ScopedClientBuilder, ScopedClients, UserCore};
use crate::claims::ScopedClaims;
use crate::error::{CallerError, Error};
use crate::session::{ForwardingSource, Identity, IdentityClaims};
use crate::verify::{TokenVerifier, VerifiedToken};

impl ScopedClients {
    /// What checks the tokens of the project's callers.
    #[must_use]
    pub fn verifier(&self) -> &TokenVerifier {
        &self.project.verifier
    }

    /// Who sends this `Authorization` header: the same as the [`verifier`](Self::verifier)'s
    /// [`authenticate`](TokenVerifier::authenticate), for whatever framework has the header.
    ///
    /// # Errors
    /// Whatever is wrong with it, as [`TokenVerifier::verify`] says.
    pub async fn authenticate<C>(&self, header: &str) -> Result<VerifiedToken<C>, CallerError>
    where
        C: ScopedClaims + DeserializeOwned,
    {
        self.verifier().authenticate(header).await
    }
}

impl<C: ScopedClaims> VerifiedToken<C> {
    /// Starts a client that acts as the caller, with freshly minted tokens that are renewed by themselves: for
    /// work that outlives the request.
    ///
    /// User, claims, role, anonymity and actor are those of the verified token; the builder can say more, such
    /// as another [`actor`](crate::ScopedClientBuilder::actor) or a
    /// [`reason`](crate::ScopedClientBuilder::reason). Where the [`MintPolicy`](crate::MintPolicy) requires an
    /// actor and the token names none, the caller is their own: `act.sub` is the caller's ID. The assurance
    /// level is `aal1`, since no user has signed in for a minted token. Tokens live as long as the claims'
    /// `expires_in = "..."` says, else an hour, or what the policy allows if that is shorter.
    ///
    /// ```no_run
    /// # use scoped_runtime::{Caller, Error, ScopedClients};
    /// # async fn example(caller: Caller, clients: ScopedClients) -> Result<(), Error> {
    /// let db = caller.client(&clients).actor("export-job").client()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// None here. The builder's [`client`](crate::ScopedClientBuilder::client) fails with
    /// [`CallerError::AnotherProject`] for a token that these clients' verifier has not verified.
    pub fn client(&self, clients: &ScopedClients) -> ScopedClientBuilder<C> {
        ScopedClientBuilder::of_caller(clients, self)
    }

    /// A client that sends the caller's own token on, with everything that is in it. It is never renewed
    /// or replaced: from its end on, requests fail with [`TokenError::Expired`](crate::TokenError::Expired).
    /// Nothing is minted, so neither the audit nor the [`MintPolicy`](crate::MintPolicy) hears of it.
    ///
    /// # Errors
    /// [`CallerError::AnotherProject`] for a token that these clients' verifier has not verified.
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
