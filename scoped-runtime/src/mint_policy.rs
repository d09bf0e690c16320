//! The rules that every minted token of a project has to follow.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::claims::{Aal, Actor, Role, UserId};
use crate::error::Problem;

type RefusesSubject = dyn Fn(&UserId) -> bool + Send + Sync;

/// Rules for every token of a project; [`ConfigBuilder::mint_policy`](crate::ConfigBuilder::mint_policy) takes
/// it. They are checked when a client is made and again for each renewal.
///
/// A client that breaks rules is a [`ConfigurationError`](crate::ConfigurationError) that names all of them. A
/// renewal that breaks one is [`TokenError::RefusedByPolicy`](crate::TokenError::RefusedByPolicy).
///
/// ```
/// use std::time::Duration;
/// use scoped_runtime::{MintPolicy, Role};
///
/// let policy = MintPolicy::new()
///     .roles([Role::default(), Role::new("reporting")?])
///     .max_lifetime(Duration::from_secs(15 * 60))
///     .require_actor()
///     .refuse_subjects(|user| user.as_str().starts_with("00000000-"));
/// # Ok::<(), scoped_runtime::ClientError>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct MintPolicy {
    roles: Option<Vec<Role>>,
    max_lifetime: Option<Duration>,
    require_actor: bool,
    allow_aal2: bool,
    refuses_subject: Option<Arc<RefusesSubject>>,
}

impl MintPolicy {
    /// A policy without rules, except that `aal2` is refused: see [`allow_aal2`](Self::allow_aal2).
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows only these database roles. The first one is the role of tokens that the library mints for itself,
    /// such as for [`ScopedClients::health`](crate::ScopedClients::health).
    pub fn roles(mut self, roles: impl IntoIterator<Item = Role>) -> Self {
        self.roles = Some(roles.into_iter().collect());
        self
    }

    /// Refuses tokens that live longer than this ([`expires_in`](crate::ScopedClientBuilder::expires_in)).
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = Some(lifetime);
        self
    }

    /// Refuses clients without an [`actor`](crate::ScopedClientBuilder::actor). The client of a verified
    /// [`Caller`](crate::Caller) has one: if no other actor is named, the caller acts.
    pub fn require_actor(mut self) -> Self {
        self.require_actor = true;
        self
    }

    /// Allows tokens with `aal2`, which say that the user has signed in with a second factor:
    /// [`assume_aal2`](crate::ScopedClientBuilder::assume_aal2) is refused without this.
    pub fn allow_aal2(mut self) -> Self {
        self.allow_aal2 = true;
        self
    }

    /// Refuses every user for whom the function returns `true`, such as administrators or banned users. The
    /// function is called for every mint, including renewals, so it must be fast.
    ///
    /// Compare users with `==`, as in `*user == "6F7F5B3C-..."`, which accepts every spelling of a UUID; `as_str()`
    /// returns it in lower case with hyphens.
    pub fn refuse_subjects(
        mut self,
        refuses_subject: impl Fn(&UserId) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.refuses_subject = Some(Arc::new(refuses_subject));
        self
    }

    /// The lifetime, limited to the longest one that is allowed.
    pub(crate) fn limit_lifetime(&self, lifetime: Duration) -> Duration {
        self.max_lifetime.map_or(lifetime, |max| max.min(lifetime))
    }

    /// Whether every client has to name an actor.
    pub(crate) fn requires_actor(&self) -> bool {
        self.require_actor
    }

    /// A role that is allowed: the first one of the list, or the default role without a list.
    pub(crate) fn first_role(&self) -> Role {
        let first = self.roles.as_ref().and_then(|roles| roles.first());
        first.cloned().unwrap_or_default()
    }

    /// Whether the role is on the list; `false` without a list.
    pub(crate) fn lists(&self, role: &Role) -> bool {
        self.roles
            .as_ref()
            .is_some_and(|roles| roles.contains(role))
    }

    /// All rules that a token with these properties breaks.
    pub(crate) fn check(
        &self,
        user_id: &UserId,
        role: &Role,
        lifetime: Duration,
        aal: Aal,
        actor: Option<&Actor>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut refuse = |field, reason: &str, remedy: &str| {
            problems.push(Problem::new(
                field,
                format!("{reason} by the mint policy"),
                remedy,
            ));
        };
        if self
            .refuses_subject
            .as_ref()
            .is_some_and(|refuses| refuses(user_id))
        {
            refuse("user_id", "is refused", "choose a user that it accepts");
        }
        if self.roles.is_some() && !self.lists(role) {
            refuse("role", "is not allowed", "use a role on its list");
        }
        if self.max_lifetime.is_some_and(|max| lifetime > max) {
            refuse(
                "expires_in",
                "is longer than allowed",
                "use a shorter lifetime",
            );
        }
        if aal > Aal::Aal1 && !self.allow_aal2 {
            let remedy = "allow it with `MintPolicy::allow_aal2`";
            refuse("assume_aal2", "is not allowed", remedy);
        }
        if self.require_actor && actor.is_none() {
            refuse("actor", "is required", "name the actor with `.actor(..)`");
        }
        problems
    }
}

impl fmt::Debug for MintPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintPolicy")
            .field("roles", &self.roles)
            .field("max_lifetime", &self.max_lifetime)
            .field("require_actor", &self.require_actor)
            .field("allow_aal2", &self.allow_aal2)
            .field("refuses_subjects", &self.refuses_subject.is_some())
            .finish()
    }
}
