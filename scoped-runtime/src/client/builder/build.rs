//! What is checked before a client exists.

use scoped_rules::lifetime;

use super::ScopedClientBuilder;
use crate::claims::{ClaimSet, Role, ScopedClaims};
use crate::client::project::{ClientSpec, FirstMint};
use crate::client::{Mode, ScopedClient};
use crate::error::{ClientError, Error, is_control};
use crate::session::Lifetime;

impl<C: ScopedClaims, M: Mode> ScopedClientBuilder<C, M> {
    /// Checks every option, mints the first token and returns the client. Nothing is sent to the project.
    /// With a remote [`Signer`](crate::Signer) or an asynchronous audit, the first request mints the token.
    ///
    /// ```no_run
    /// # fn example(clients: scoped_runtime::ScopedClients, user: &str) -> Result<(), scoped_runtime::Error> {
    /// let alice = clients.user(user).client()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Client`] for an invalid user ID, role, actor or reason; [`Error::Configuration`] for
    /// lifetimes that contradict each other and for what the [`MintPolicy`](crate::MintPolicy) refuses;
    /// [`Error::Token`] for claims that cannot be in a token and when the token cannot be minted.
    #[doc(alias = "build")]
    #[doc(alias = "create_client")]
    #[doc(alias = "createClient")]
    pub fn client(self) -> Result<ScopedClient<C, M>, Error> {
        self.client_with(FirstMint::Token)
    }

    pub(crate) fn client_with(self, first_mint: FirstMint) -> Result<ScopedClient<C, M>, Error> {
        let default_role = || C::ROLE.map_or_else(|| Ok(Role::default()), Role::new);
        let (user_id, role) = (self.user_id?, self.role.unwrap_or_else(default_role)?);
        let default = C::EXPIRES_IN.unwrap_or(lifetime::DEFAULT);
        let expires_in = self.expires_in.unwrap_or(default.min(self.longest_default));
        let lifetime = Lifetime::new(expires_in, self.refresh_before, self.auto_refresh)?;
        if let Some(actor) = &self.actor {
            actor.check()?;
        }
        if let Some(reason) = &self.reason {
            check_reason(reason)?;
        }
        let mut claims = ClaimSet::of(&*self.claims)?;
        for (name, value) in self.extra {
            claims.add(name, value)?;
        }
        let core = self.clients.project.core(ClientSpec {
            user_id,
            role,
            claims,
            is_anonymous: self.is_anonymous,
            aal: self.aal,
            actor: self.actor,
            reason: self.reason,
            lifetime,
            parent: None,
            is_read_only: self.is_read_only,
            first_mint,
        })?;
        Ok(ScopedClient::new(core, self.claims))
    }
}

/// The longest reason, in bytes. Every session keeps its reason in memory.
const MAX_REASON_BYTES: usize = 1024;

fn check_reason(text: &str) -> Result<(), ClientError> {
    let (reason, remedy) = if text.len() > MAX_REASON_BYTES {
        (
            "is longer than 1024 bytes",
            "name a ticket, and keep the details in it",
        )
    } else if text.chars().any(is_control) {
        ("has control characters", "write it on one line")
    } else {
        return Ok(());
    };
    Err(ClientError::InvalidReason { reason, remedy })
}
