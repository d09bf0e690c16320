use std::borrow::Cow;
use std::fmt;

use crate::error::ClientError;

/// A database role that requests run as. Never one that bypasses Row Level Security.
///
/// ```
/// use scoped_runtime::Role;
///
/// assert_eq!(Role::default().as_str(), "authenticated");
/// assert!(Role::new("reporting").is_ok());
/// assert!(Role::new("service_role").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Role(Cow<'static, str>);

/// The longest name that PostgreSQL keeps whole, in bytes.
const MAX_BYTES: usize = 63;

impl Role {
    /// Checks the name.
    ///
    /// # Errors
    /// [`ClientError::InvalidRole`] for an empty or too long name, one with control characters, and
    /// for the roles that bypass RLS: `service_role`, `postgres`, every `supabase_*`,
    /// `authenticator`, `dashboard_user`. `none` is refused too: `SET ROLE none` means the login role.
    pub fn new(name: impl Into<String>) -> Result<Self, ClientError> {
        let name = name.into();
        let refused = if name.trim().eq_ignore_ascii_case("none") {
            Some((
                "means the login role, not a user's",
                "use `authenticated` or a role of your own",
            ))
        } else if name.trim().is_empty() {
            Some(("is empty", "name a role such as `authenticated`"))
        } else if name.len() > MAX_BYTES {
            Some((
                "is longer than 63 bytes",
                "PostgreSQL would cut it; use its real name",
            ))
        } else if name.chars().any(char::is_control) {
            Some(("has control characters", "use the role's real name"))
        } else if bypasses_rls(&name) {
            Some((
                "bypasses row level security",
                "use `authenticated` or a role of your own without BYPASSRLS",
            ))
        } else if name.trim() != name {
            Some(("has blanks around it", "remove them"))
        } else {
            None
        };
        match refused {
            Some((reason, remedy)) => Err(ClientError::InvalidRole {
                role: shown(&name),
                reason,
                remedy,
            }),
            None => Ok(Self(name.into())),
        }
    }

    /// The role's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Enough of a name to recognise it, and not of a token that was passed by mistake.
fn shown(name: &str) -> String {
    if name.len() > MAX_BYTES {
        return "...".to_owned();
    }
    name.escape_debug().to_string()
}

/// Whether this role reads past every policy. Case and surrounding blanks are ignored, to be safe.
pub(crate) fn bypasses_rls(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    name.starts_with("supabase_")
        || matches!(
            name.as_str(),
            "service_role" | "postgres" | "authenticator" | "dashboard_user" | "none"
        )
}

/// `authenticated`, the role of every signed-in user.
impl Default for Role {
    fn default() -> Self {
        Self("authenticated".into())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<&str> for Role {
    type Error = ClientError;

    fn try_from(name: &str) -> Result<Self, ClientError> {
        Self::new(name)
    }
}

impl TryFrom<String> for Role {
    type Error = ClientError;

    fn try_from(name: String) -> Result<Self, ClientError> {
        Self::new(name)
    }
}

impl std::str::FromStr for Role {
    type Err = ClientError;

    fn from_str(name: &str) -> Result<Self, ClientError> {
        Self::new(name)
    }
}
