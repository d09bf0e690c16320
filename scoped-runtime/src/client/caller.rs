use std::sync::Arc;

use scoped_rules::lifetime;
use serde::de::DeserializeOwned;

use super::project::Wanted;
use super::{Core, ScopedClient, ScopedClients};
use crate::claims::{Aal, ClaimSet, ScopedClaims};
use crate::error::{CallerError, Error};
use crate::session::{ForwardingSource, Identity, IdentityClaims, Lifetime};
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
    /// A client that acts as the caller, with freshly minted tokens that are renewed by themselves: for
    /// work that outlives the request. Claims, role, anonymity and whoever acts as the user are those
    /// of the verified token. The assurance level is not: a minted token is at `aal1`, as nobody has
    /// signed in for it. Tokens live as long as the claims' `expires_in = "..."` says, else an hour, or
    /// what the [`MintPolicy`](crate::MintPolicy) allows if that is shorter.
    ///
    /// # Errors
    /// [`CallerError::AnotherProject`] for a token that these clients' verifier has not verified, else
    /// as [`ScopedClientBuilder::client`](crate::ScopedClientBuilder::client).
    pub fn client(&self, clients: &ScopedClients) -> Result<ScopedClient<C>, Error> {
        self.check_project(clients)?;
        let claims = self.shared_claims();
        let life = C::EXPIRES_IN.unwrap_or(lifetime::DEFAULT);
        let life = clients.project.policy().limit_lifetime(life);
        let core = clients.project.core(Wanted {
            user_id: self.user_id().clone(),
            role: self.role().clone(),
            claims: ClaimSet::of(&*claims)?,
            is_anonymous: self.is_anonymous(),
            aal: Aal::Aal1,
            actor: self.actor().cloned(),
            reason: None,
            lifetime: Lifetime::new(life, None, true)?,
            parent: None,
        })?;
        Ok(ScopedClient::new(core, claims))
    }

    /// A client that sends the caller's own token on, with everything that is in it. It is never renewed
    /// or replaced: from its end on, requests fail with [`TokenError::Expired`](crate::TokenError::Expired).
    /// Nothing is minted, so neither the audit nor the [`MintPolicy`](crate::MintPolicy) hears of it.
    ///
    /// # Errors
    /// [`CallerError::AnotherProject`] for a token that these clients' verifier has not verified.
    pub fn passed_on(&self, clients: &ScopedClients) -> Result<ScopedClient<C>, Error> {
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
        let core = Arc::new(Core {
            source: Arc::new(source),
            close_flag: close_flag.derive(),
            project: Arc::clone(project),
        });
        Ok(ScopedClient::new(core, self.shared_claims()))
    }

    fn check_project(&self, clients: &ScopedClients) -> Result<(), CallerError> {
        if clients.verifier().has_verified(self) {
            return Ok(());
        }
        Err(CallerError::AnotherProject)
    }
}
