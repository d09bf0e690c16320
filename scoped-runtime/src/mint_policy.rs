//! What a project allows to be minted at all.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::claims::{Aal, Actor, Role, UserId};
use crate::error::Problem;

type Refuses = dyn Fn(&UserId) -> bool + Send + Sync;

/// Limits on every token of a project, checked when a client is made and at each renewal:
/// [`ConfigBuilder::mint_policy`](crate::ConfigBuilder::mint_policy) takes it. All of it is off by default.
///
/// ```
/// use std::time::Duration;
/// use scoped_runtime::{MintPolicy, Role};
///
/// let policy = MintPolicy::new()
///     .roles([Role::default(), Role::new("reporting")?])
///     .max_life(Duration::from_secs(15 * 60))
///     .require_actor()
///     .refuse_subjects(|user| user.as_str().starts_with("00000000-"));
/// # Ok::<(), scoped_runtime::ClientError>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct MintPolicy {
    roles: Option<Vec<Role>>,
    max_life: Option<Duration>,
    require_actor: bool,
    allow_aal2: bool,
    refuses: Option<Arc<Refuses>>,
}

impl MintPolicy {
    /// Allows everything that the library allows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these roles.
    pub fn roles(mut self, roles: impl IntoIterator<Item = Role>) -> Self {
        self.roles = Some(roles.into_iter().collect());
        self
    }

    /// No token lives longer than this.
    pub fn max_life(mut self, life: Duration) -> Self {
        self.max_life = Some(life);
        self
    }

    /// Every client has to say who acts: [`actor`](crate::ScopedClientBuilder::actor). The client of a verified
    /// [`Caller`](crate::Caller) does so by itself: without another actor, the caller acts.
    pub fn require_actor(mut self) -> Self {
        self.require_actor = true;
        self
    }

    /// Lets a client say that its user counts as signed in with a second factor:
    /// [`assume_aal2`](crate::ScopedClientBuilder::assume_aal2). Refused without this.
    pub fn allow_aal2(mut self) -> Self {
        self.allow_aal2 = true;
        self
    }

    /// No client for the users for which this function says `true`: administrators, banned users. It is
    /// asked for every mint, renewals too. Compare with `==`, as in `*user == "6F7F5B3C-..."`, which
    /// knows every spelling of a UUID; `as_str()` has one of them, in lower case with hyphens.
    pub fn refuse_subjects(
        mut self,
        refuses: impl Fn(&UserId) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.refuses = Some(Arc::new(refuses));
        self
    }

    /// This life, or the longest that is allowed.
    pub(crate) fn shorter(&self, life: Duration) -> Duration {
        self.max_life.map_or(life, |max| max.min(life))
    }

    /// Whether every client has to say who acts.
    pub(crate) fn requires_actor(&self) -> bool {
        self.require_actor
    }

    /// A role that may be used: the first on the list, or the default one.
    pub(crate) fn first_role(&self) -> Role {
        let first = self.roles.as_ref().and_then(|roles| roles.first());
        first.cloned().unwrap_or_default()
    }

    /// Whether a role is on the list; without a list, none is.
    pub(crate) fn lists(&self, role: &Role) -> bool {
        self.roles
            .as_ref()
            .is_some_and(|roles| roles.contains(role))
    }

    /// Everything that is wrong with this client.
    pub(crate) fn check(
        &self,
        user_id: &UserId,
        role: &Role,
        life: Duration,
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
            .refuses
            .as_ref()
            .is_some_and(|refuses| refuses(user_id))
        {
            refuse("user_id", "is refused", "nobody may act as this user");
        }
        if self.roles.is_some() && !self.lists(role) {
            refuse("role", "is not allowed", "use a role on its list");
        }
        if self.max_life.is_some_and(|max| life > max) {
            refuse("expires_in", "is longer than allowed", "use a shorter life");
        }
        if aal > Aal::Aal1 && !self.allow_aal2 {
            let remedy = "allow it with `MintPolicy::allow_aal2`, if nobody has to sign in for it";
            refuse("assume_aal2", "is not allowed", remedy);
        }
        if self.require_actor && actor.is_none() {
            refuse("actor", "is required", "say who acts with `.actor(..)`");
        }
        problems
    }
}

impl fmt::Debug for MintPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintPolicy")
            .field("roles", &self.roles)
            .field("max_life", &self.max_life)
            .field("require_actor", &self.require_actor)
            .field("allow_aal2", &self.allow_aal2)
            .field("refuses_subjects", &self.refuses.is_some())
            .finish()
    }
}
