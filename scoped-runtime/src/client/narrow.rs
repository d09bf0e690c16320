use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::project::{ClientSpec, FirstMint};
use super::{Async, Core, Mode, ScopedClient};
use crate::claims::{ClaimSet, NoClaims, Role, ScopedClaims};
use crate::error::{ClientError, ConfigurationError, Error, Problem, TokenError, shown};
use crate::session::Lifetime;

/// Derives a client whose tokens carry fewer claims, live shorter or have another role;
/// [`ScopedClient::narrow`] starts the builder. The user, actor and reason are those of the original client,
/// a read-only client stays read-only, and closing the original client closes the derived one.
///
/// ```no_run
/// use std::time::Duration;
///
/// # fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let for_export = alice
///     .narrow()
///     .keep_claims(["tenant_id"])
///     .expires_in(Duration::from_secs(300))
///     .client()?;
/// # Ok(()) }
/// ```
///
/// **Fewer claims do not always mean fewer rights.** A policy that grants access when a claim is absent
/// (`coalesce(auth.jwt() ->> 'tenant_id', 'public') = tenant`, `auth.jwt() ->> 'banned' is null`) grants it
/// to a client without that claim: keep every claim that a policy reads in such a way. With the feature
/// `policies`, `policies::survey` finds these reads; their `allows_absence` is `true`.
#[must_use = "call `client()` to get the client"]
pub struct NarrowBuilder<C = NoClaims, M: Mode = Async> {
    core: Arc<Core>,
    claims: Arc<C>,
    role: Option<Result<Role, ClientError>>,
    expires_in: Option<Duration>,
    /// The names of the claims to keep; `None` keeps all.
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

    /// Sets a shorter lifetime of each token, in whole seconds.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// Sets another database role. The role must be listed by the [`MintPolicy`](crate::MintPolicy), since
    /// the library cannot know which roles have fewer rights.
    pub fn role<R>(mut self, role: R) -> Self
    where
        R: TryInto<Role>,
        R::Error: Into<ClientError>,
    {
        self.role = Some(role.try_into().map_err(Into::into));
        self
    }

    /// Keeps only the claims with these top-level names. Keep each claim whose absence grants access; see
    /// [`NarrowBuilder`]. The result is a `ScopedClient<NoClaims>`, since its token may lack claims of `C`.
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

    /// Checks that the derived client has no more rights than the original one, mints its first token and
    /// returns it. If the original client has no `auto_refresh`, the derived tokens expire no later than the
    /// original token.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a longer lifetime, a role that the mint policy does not list, or claims
    /// that the original client does not have; [`ClientError::Closed`] when the original client is closed;
    /// [`TokenError::Forwarded`] when it forwards a caller's token, which cannot be derived from;
    /// [`TokenError::Expired`] when it has no `auto_refresh` and its token has expired.
    pub fn client(self) -> Result<ScopedClient<C, M>, Error> {
        self.core.check_open()?;
        let project = &self.core.project;
        let source = self.core.source.as_ref();
        let session = source.and_then(|source| source.as_minted());
        let session = session.ok_or(TokenError::Forwarded)?;
        let spec = session.spec();
        let identity = &spec.identity;
        let mut problems = Vec::new();

        let role = match self.role.transpose()? {
            Some(role) if role != identity.role && !project.policy().lists(&role) => {
                problems.push(Problem::new(
                    "role",
                    "is not listed by the mint policy, so it may have more rights",
                    "list it with `MintPolicy::roles`, or keep the role",
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
                    "is longer than the lifetime of the original client's tokens",
                    "use a shorter lifetime",
                ));
            }
            let margin = lifetime.refresh_before.min(expires_in / 2);
            lifetime = Lifetime::new(expires_in, Some(margin), lifetime.auto_refresh)?;
        }

        if !lifetime.auto_refresh {
            lifetime = cap_by_token(&self.core, lifetime)?;
        }
        let claims = identity.decoded_claims()?;
        for name in self.keep.iter().flatten() {
            if !claims.contains_key(name) {
                problems.push(Problem::new(
                    "keep_claims",
                    format!(
                        "names `{}`, which the original client does not have",
                        shown(name)
                    ),
                    "name claims of the original client",
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
            claims: ClaimSet::filtered(claims, keeps),
            is_anonymous: identity.is_anonymous,
            aal: identity.aal,
            actor: identity.actor.clone(),
            reason: spec.reason.clone(),
            lifetime,
            parent: Some(Arc::clone(&self.core.close_flag)),
            is_read_only: self.core.is_read_only,
            first_mint: FirstMint::Token,
        })?;
        Ok(ScopedClient::new(core, self.claims))
    }
}

/// Caps the lifetime by what is left of the token of a client without renewal.
fn cap_by_token(core: &Core, lifetime: Lifetime) -> Result<Lifetime, Error> {
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
