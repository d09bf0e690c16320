use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::project::ClientSpec;
use super::{Async, Core, Mode, ScopedClient};
use crate::claims::{ClaimSet, NoClaims, Role, ScopedClaims};
use crate::error::{ClientError, ConfigurationError, Error, Problem, TokenError, shown};
use crate::session::Lifetime;

/// Derives a client whose token says less, never more; [`ScopedClient::narrow`] starts it. User, actor and
/// reason stay, one that only reads goes on to do so, and it ends with the client that it comes from.
///
/// **Whether it may do less is for the policies to say.** One that opens rows when a claim is absent
/// (`coalesce(auth.jwt() ->> 'tenant_id', 'public') = tenant`, `auth.jwt() ->> 'banned' is null`) opens
/// them for a client without that claim: keep every claim that a policy reads so. With the feature `policies`,
/// `policies::survey` finds them: their reads say `allows_absence`.
#[must_use = "call `client()` to get the client"]
pub struct NarrowBuilder<C = NoClaims, M: Mode = Async> {
    core: Arc<Core>,
    claims: Arc<C>,
    role: Option<Result<Role, ClientError>>,
    expires_in: Option<Duration>,
    /// The claims that stay; all of them if none are named.
    keep: Option<Vec<String>>,
    mode: PhantomData<fn() -> M>,
}

impl<C: ScopedClaims, M: Mode> NarrowBuilder<C, M> {
    pub(super) fn new(client: &ScopedClient<C, M>) -> Self {
        Self {
            core: Arc::clone(&client.core),
            claims: Arc::clone(&client.claims),
            role: None,
            expires_in: None,
            keep: None,
            mode: PhantomData,
        }
    }

    /// A shorter life of each token, in whole seconds.
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.expires_in = Some(life);
        self
    }

    /// Another role. Only the [`MintPolicy`](crate::MintPolicy) knows which roles may do less, so it
    /// must be on its list.
    pub fn role<R>(mut self, role: R) -> Self
    where
        R: TryInto<Role>,
        R::Error: Into<ClientError>,
    {
        self.role = Some(role.try_into().map_err(Into::into));
        self
    }

    /// Only these claims. Keep those whose absence opens rows, as [`NarrowBuilder`] says. The client is not a
    /// `ScopedClient<C>` any more, since its token lacks some of the claims of `C`.
    pub fn keep_claims<N: Into<String>>(
        self,
        names: impl IntoIterator<Item = N>,
    ) -> NarrowBuilder<NoClaims, M> {
        NarrowBuilder {
            core: self.core,
            claims: Arc::new(NoClaims {}),
            role: self.role,
            expires_in: self.expires_in,
            keep: Some(names.into_iter().map(Into::into).collect()),
            mode: PhantomData,
        }
    }

    /// Checks that it is not more, and mints its first token.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a longer life, a role that is not on the list or claims that are
    /// not there; [`ClientError::Closed`] when the client it comes from is closed,
    /// [`TokenError::Forwarded`] when it has no token of ours. Without `auto_refresh` the new client ends
    /// with the token of the one it comes from: [`TokenError::Expired`] when that has ended.
    pub fn client(self) -> Result<ScopedClient<C, M>, Error> {
        self.core.check_open()?;
        let project = &self.core.project;
        let source = self.core.source.as_ref();
        let minting = source.and_then(|source| source.as_minting());
        let minting = minting.ok_or(TokenError::Forwarded)?;
        let spec = minting.spec();
        let identity = &spec.identity;
        let mut problems = Vec::new();

        let role = match self.role.transpose()? {
            Some(role) if role != identity.role && !project.policy().lists(&role) => {
                problems.push(Problem::new(
                    "role",
                    "is not on the mint policy's list, so it may be one that can do more",
                    "put it on the list with `MintPolicy::roles`, or keep the role",
                ));
                role
            }
            Some(role) => role,
            None => identity.role.clone(),
        };

        let mut lifetime = spec.lifetime;
        if let Some(expires_in) = self.expires_in {
            if expires_in > lifetime.expires_in {
                problems.push(Problem::new(
                    "expires_in",
                    "is longer than that of the client it comes from",
                    "use a shorter life",
                ));
            }
            let margin = lifetime.refresh_before.min(expires_in / 2);
            lifetime = Lifetime::new(expires_in, Some(margin), lifetime.auto_refresh)?;
        }

        if !lifetime.auto_refresh {
            lifetime = until_the_end(&self.core, lifetime)?;
        }
        let claims = identity.decoded_claims()?;
        for name in self.keep.iter().flatten() {
            if !claims.contains_key(name) {
                problems.push(Problem::new(
                    "keep_claims",
                    format!("names `{}`, which is not there", shown(name)),
                    "name claims of the client it comes from",
                ));
            }
        }
        let keeps = |name: &str| match &self.keep {
            Some(keep) => keep.iter().any(|kept| kept == name),
            None => true,
        };
        if !problems.is_empty() {
            return Err(ConfigurationError::new(problems).into());
        }
        let core = project.core(ClientSpec {
            user_id: identity.user_id.clone(),
            role,
            claims: ClaimSet::kept(claims, keeps),
            is_anonymous: identity.is_anonymous,
            aal: identity.aal,
            actor: identity.actor.clone(),
            reason: spec.reason.clone(),
            lifetime,
            parent: Some(Arc::clone(&self.core.close_flag)),
            is_read_only: self.core.is_read_only,
        })?;
        Ok(ScopedClient::new(core, self.claims))
    }
}

/// What is left of the one token of a client without renewal: whatever comes of it ends with it.
fn until_the_end(core: &Core, lifetime: Lifetime) -> Result<Lifetime, Error> {
    let token = core.token()?;
    let now = core.project.mint.clock.now();
    let left = token.expires_at().duration_since(now).unwrap_or_default();
    let left = Duration::from_secs(left.as_secs()).min(lifetime.expires_in);
    if left.is_zero() {
        return Err(TokenError::Expired.into());
    }
    Ok(Lifetime::new(left, Some(left / 2), false)?)
}

impl<C, M: Mode> fmt::Debug for NarrowBuilder<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NarrowBuilder")
            .field("user_id", &self.core.user_id())
            .field("role", &self.role)
            .field("expires_in", &self.expires_in)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}
