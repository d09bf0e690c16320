use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use scoped_rules::lifetime;
use serde::Serialize;
use serde_json::Value;

use super::project::ClientSpec;
use super::{Async, Mode, ScopedClient, ScopedClients};
use crate::claims::{
    Aal, Actor, ClaimSet, NoClaims, Role, ScopedClaims, ToActor, ToUserId, Unfit, UserId,
    is_control,
};
use crate::error::{CallerError, ClientError, Error};
use crate::session::Lifetime;
use crate::verify::VerifiedToken;

/// Builds a [`ScopedClient`]; [`ScopedClients::user`] starts it.
#[must_use = "call `client()` to get the client"]
pub struct ScopedClientBuilder<C = NoClaims, M: Mode = Async> {
    clients: ScopedClients,
    user_id: Result<UserId, Error>,
    is_anonymous: bool,
    aal: Aal,
    /// `None`: what the claims say, or `authenticated`.
    role: Option<Result<Role, ClientError>>,
    claims: Arc<C>,
    actor: Option<Actor>,
    reason: Option<Arc<str>>,
    extra: Vec<(String, Result<Value, Unfit>)>,
    /// `None`: what the claims say, or an hour, but no longer than this.
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
    /// The builder of [`Caller::client`](crate::Caller::client): all that the verified token says of its user.
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
    /// The database role that requests run as: by default that of the claims' `role = "..."`, else
    /// `authenticated`. Roles that bypass Row
    /// Level Security are refused.
    pub fn role<R>(mut self, role: R) -> Self
    where
        R: TryInto<Role>,
        R::Error: Into<ClientError>,
    {
        self.role = Some(role.try_into().map_err(Into::into));
        self
    }

    /// The project's own claims, for policies that read them with `auth.jwt()`.
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

    /// One more claim, known only at run time, under the same rules.
    pub fn claim(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let value = ClaimSet::value(&value);
        self.extra.push((name.into(), value));
        self
    }

    /// Who acts as the user: a name such as `support-agent-7`, or a verified
    /// [`Caller`](crate::Caller), whose own actor comes along. It becomes the token's `act` claim (RFC
    /// 8693, section 4.1), for the audit and for policies that read it. Supabase sets none of its own.
    /// What [`UserId::external`] refuses of an ID is refused of a name, and a chain of more than 16.
    pub fn actor(mut self, actor: impl ToActor) -> Self {
        self.actor = Some(actor.to_actor());
        self
    }

    /// Tokens say that the user has signed in with a second factor (`aal2`), for policies that ask for it.
    /// Nobody has: it is your decision, which the [`MintPolicy`](crate::MintPolicy::allow_aal2) must
    /// allow, and which the audit records. Without it a minted token is at `aal1`.
    pub fn assume_aal2(mut self) -> Self {
        self.aal = Aal::Aal2;
        self
    }

    /// Why, such as `ticket 4711`: for the audit only, in no token. At most 1024 bytes.
    pub fn reason(mut self, reason: impl AsRef<str>) -> Self {
        self.reason = Some(reason.as_ref().into());
        self
    }

    /// How long each token lives, in whole seconds: by default as long as the claims'
    /// `expires_in = "..."` says, else one hour.
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.expires_in = Some(life);
        self
    }

    /// How long before its end a token is renewed: 60 seconds by default, half of its life when that
    /// is two minutes or less. Make it longer than your longest request.
    pub fn refresh_before(mut self, margin: Duration) -> Self {
        self.refresh_before = Some(margin);
        self
    }

    /// Whether tokens are renewed at all; they are by default. If not, requests fail with
    /// [`TokenError::Expired`](crate::TokenError::Expired) once the first one has ended.
    pub fn auto_refresh(mut self, on: bool) -> Self {
        self.auto_refresh = on;
        self
    }

    /// The client only reads: every request with a method other than GET or HEAD is refused before anything
    /// is sent ([`ClientError::ReadOnly`](crate::ClientError::ReadOnly)): inserts, updates, upserts and
    /// deletes, native builders that write, and the same as a [`Request`](crate::Request) to any service.
    /// A call of [`rpc`](ScopedClient::rpc) goes by GET, as [`by_get`](crate::Query::by_get) says, which
    /// PostgREST runs in a read-only transaction; a POST to `rest/v1/rpc/` is refused. Clones, narrowed
    /// clients and blocking ones stay so.
    ///
    /// The token does not say so: what you take out with [`token`](ScopedClient::token) or
    /// [`into_builder`](crate::Query::into_builder) can write. Whether a GET of a service other than
    /// PostgREST has an effect is for that service to say.
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

    /// Checks everything and mints the first token. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Client`] for a bad user ID or role, [`Error::Configuration`] for lifetimes that
    /// contradict each other, [`Error::Token`] for claims that cannot be in a token.
    pub fn client(self) -> Result<ScopedClient<C, M>, Error> {
        let default_role = || C::ROLE.map_or_else(|| Ok(Role::default()), Role::new);
        let (user_id, role) = (self.user_id?, self.role.unwrap_or_else(default_role)?);
        let default = C::EXPIRES_IN.unwrap_or(lifetime::DEFAULT);
        let life = self.expires_in.unwrap_or(default.min(self.longest_default));
        let lifetime = Lifetime::new(life, self.refresh_before, self.auto_refresh)?;
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
        })?;
        Ok(ScopedClient::new(core, self.claims))
    }
}

/// How long a reason may be, in bytes: a sentence or a ticket, kept with every session.
const MAX_REASON: usize = 1024;

fn check_reason(text: &str) -> Result<(), ClientError> {
    let (reason, remedy) = if text.len() > MAX_REASON {
        (
            "is longer than 1024 bytes",
            "name a ticket, and keep the rest there",
        )
    } else if text.chars().any(is_control) {
        ("has control characters", "write it on one line")
    } else {
        return Ok(());
    };
    Err(ClientError::InvalidReason { reason, remedy })
}

/// Claims may be personal data, so they are not shown.
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
