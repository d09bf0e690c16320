use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use scoped_rules::lifetime;
use serde::Serialize;
use serde_json::Value;

use super::project::{ClientSpec, FirstMint};
use super::{Async, Mode, ScopedClient, ScopedClients};
use crate::claims::{
    Aal, Actor, ClaimError, ClaimSet, NoClaims, Role, ScopedClaims, ToActor, ToUserId, UserId,
};
use crate::error::{CallerError, ClientError, Error, is_control};
use crate::session::Lifetime;
use crate::verify::VerifiedToken;

/// Builds a [`ScopedClient`]; [`ScopedClients::user`] starts the builder. Every option has a default, and
/// [`client`](Self::client) reports mistakes in all of them.
///
/// ```no_run
/// use std::time::Duration;
///
/// # fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
/// let alice = clients
///     .user("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")
///     .claim("tenant_id", "acme")
///     .actor("support-agent-7")
///     .expires_in(Duration::from_secs(900))
///     .client()?;
/// # Ok(()) }
/// ```
#[must_use = "call `client()` to get the client"]
pub struct ScopedClientBuilder<C = NoClaims, M: Mode = Async> {
    clients: ScopedClients,
    user_id: Result<UserId, Error>,
    is_anonymous: bool,
    aal: Aal,
    /// `None`: the role that the claims declare, else `authenticated`.
    role: Option<Result<Role, ClientError>>,
    claims: Arc<C>,
    actor: Option<Actor>,
    reason: Option<Arc<str>>,
    extra: Vec<(String, Result<Value, ClaimError>)>,
    /// `None`: the lifetime that the claims declare, else one hour; at most `longest_default`.
    expires_in: Option<Duration>,
    longest_default: Duration,
    refresh_before: Option<Duration>,
    auto_refresh: bool,
    is_read_only: bool,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> ScopedClientBuilder<NoClaims, M> {
    pub(crate) fn new(clients: ScopedClients, user: &impl ToUserId) -> Self {
        Self {
            clients,
            user_id: user.to_user_id().map_err(Error::from),
            is_anonymous: user.is_anonymous(),
            aal: Aal::default(),
            role: None,
            claims: Arc::new(NoClaims {}),
            actor: None,
            reason: None,
            extra: Vec::new(),
            expires_in: None,
            longest_default: Duration::MAX,
            refresh_before: None,
            auto_refresh: true,
            is_read_only: false,
            mode: PhantomData,
        }
    }
}

impl<C: ScopedClaims> ScopedClientBuilder<C> {
    /// The builder of [`Caller::client`](crate::Caller::client), with the identity of the verified token.
    pub(super) fn of_caller(clients: &ScopedClients, caller: &VerifiedToken<C>) -> Self {
        let mut builder = ScopedClientBuilder::<NoClaims>::new(clients.clone(), caller)
            .with_claims(caller.shared_claims());
        if !clients.verifier().has_verified(caller) {
            builder.user_id = Err(CallerError::AnotherProject.into());
        }
        let policy = clients.project.policy();
        builder.role = Some(Ok(caller.role().clone()));
        builder.actor = caller.actor().cloned();
        if policy.requires_actor() {
            builder
                .actor
                .get_or_insert_with(|| caller.user_id().to_actor());
        }
        builder.longest_default = policy.limit_lifetime(Duration::MAX);
        builder
    }
}

impl<C: ScopedClaims, M: Mode> ScopedClientBuilder<C, M> {
    /// Sets the database role that requests run as. The default is the `role = "..."` of the claims, else
    /// `authenticated`. [`client`](Self::client) refuses roles that bypass Row Level Security.
    pub fn role<R>(mut self, role: R) -> Self
    where
        R: TryInto<Role>,
        R::Error: Into<ClientError>,
    {
        self.role = Some(role.try_into().map_err(Into::into));
        self
    }

    /// Sets the project's own claims, which policies read with `auth.jwt()`; see
    /// <https://supabase.com/docs/guides/database/postgres/row-level-security#helper-functions>.
    pub fn claims<D: ScopedClaims>(self, claims: D) -> ScopedClientBuilder<D, M> {
        self.with_claims(Arc::new(claims))
    }

    fn with_claims<D>(self, claims: Arc<D>) -> ScopedClientBuilder<D, M> {
        ScopedClientBuilder {
            clients: self.clients,
            user_id: self.user_id,
            is_anonymous: self.is_anonymous,
            aal: self.aal,
            role: self.role,
            claims,
            actor: self.actor,
            reason: self.reason,
            extra: self.extra,
            expires_in: self.expires_in,
            longest_default: self.longest_default,
            refresh_before: self.refresh_before,
            auto_refresh: self.auto_refresh,
            is_read_only: self.is_read_only,
            mode: PhantomData,
        }
    }

    /// Adds a claim whose name is only known at run time. The rules of the claims of a struct apply to it:
    /// its name must be neither reserved nor set twice, and a value that serialises to `null` is left out.
    pub fn claim(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let value = ClaimSet::value(&value);
        self.extra.push((name.into(), value));
        self
    }

    /// Names the actor, which acts on behalf of the user: a name such as `support-agent-7`, or a verified
    /// [`Caller`](crate::Caller), whose own actor is kept as the next link of the chain. The actor becomes
    /// the token's `act` claim (RFC 8693, section 4.1) and is recorded by the audit; Supabase sets no `act`
    /// claim of its own. [`client`](Self::client) refuses a name that [`UserId::external`] would refuse as
    /// an ID, and a chain of more than 16 actors.
    pub fn actor(mut self, actor: impl ToActor) -> Self {
        self.actor = Some(actor.to_actor());
        self
    }

    /// Mints tokens at the assurance level `aal2`, for policies that require a second factor; see
    /// <https://supabase.com/docs/guides/auth/auth-mfa>. The user has not presented one: the program asserts
    /// it, the [`MintPolicy`](crate::MintPolicy::allow_aal2) must allow it, and the audit records it. Without
    /// this call, minted tokens are at `aal1`.
    pub fn assume_aal2(mut self) -> Self {
        self.aal = Aal::Aal2;
        self
    }

    /// Says why the program acts as the user, such as `ticket 4711`. Only the audit records the reason; no
    /// token carries it. It is one line of at most 1024 bytes.
    pub fn reason(mut self, reason: impl AsRef<str>) -> Self {
        self.reason = Some(reason.as_ref().into());
        self
    }

    /// Sets the lifetime of each token, in whole seconds. The default is the `expires_in = "..."` of the
    /// claims, else one hour.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// Sets how long before its expiry a token is renewed. The default is 60 seconds, or half of the
    /// lifetime if that is two minutes or less. Choose a margin longer than the longest request, so that no
    /// token expires on the way.
    pub fn refresh_before(mut self, margin: Duration) -> Self {
        self.refresh_before = Some(margin);
        self
    }

    /// Sets whether tokens are renewed; the default is `true`. Without renewal, requests fail with
    /// [`TokenError::Expired`](crate::TokenError::Expired) once the first token has expired.
    pub fn auto_refresh(mut self, on: bool) -> Self {
        self.auto_refresh = on;
        self
    }

    /// Makes the client read-only. A request with a method other than GET or HEAD is refused with
    /// [`ClientError::ReadOnly`](crate::ClientError::ReadOnly) before anything is sent: inserts, updates,
    /// upserts and deletes, native builders that write, and every such [`Request`](crate::Request).
    /// [`rpc`](ScopedClient::rpc) sends its call with GET, as [`by_get`](crate::Query::by_get) does, and
    /// PostgREST runs it in a read-only transaction; a POST to `rest/v1/rpc/` is refused. Clones, narrowed
    /// clients and blocking clients made from this one are read-only, too.
    ///
    /// The token itself is not restricted: a token from [`token`](ScopedClient::token) or a builder from
    /// [`into_builder`](crate::Query::into_builder) can write. A GET of a service other than PostgREST may
    /// have effects of that service's own.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients, user: &str) -> Result<(), scoped_runtime::Error> {
    /// let reader = clients.user(user).read_only().client()?;
    /// assert!(reader.is_read_only());
    /// let notes: Vec<serde_json::Value> = reader.from("notes").select("*").fetch().await?;
    /// assert!(reader.from("notes").delete().eq("id", 1).execute().await.is_err()); // nothing was sent
    /// # Ok(()) }
    /// ```
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Checks every option, mints the first token and returns the client. Nothing is sent to the project.
    /// With a remote [`Signer`](crate::Signer) or an asynchronous audit, the first request mints the token.
    ///
    /// # Errors
    /// [`Error::Client`] for an invalid user ID, role, actor or reason; [`Error::Configuration`] for
    /// lifetimes that contradict each other and for what the [`MintPolicy`](crate::MintPolicy) refuses;
    /// [`Error::Token`] for claims that cannot be in a token and when the token cannot be minted.
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

/// Does not show the claims, which may be personal data.
impl<C, M: Mode> fmt::Debug for ScopedClientBuilder<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedClientBuilder")
            .field("user_id", &self.user_id)
            .field("role", &self.role)
            .field("expires_in", &self.expires_in)
            .field("refresh_before", &self.refresh_before)
            .field("auto_refresh", &self.auto_refresh)
            .field("is_read_only", &self.is_read_only)
            .finish_non_exhaustive()
    }
}
