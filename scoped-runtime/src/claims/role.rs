use std::borrow::Cow;

use scoped_rules::{Mistake, role};

use super::text_traits::text_traits;
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(Cow<'static, str>);

impl Role {
    /// Checks the name.
    ///
    /// # Errors
    /// [`ClientError::InvalidRole`] for an empty or too long name, one with control characters, and
    /// for the roles that bypass RLS: `service_role`, `postgres`, every `supabase_*`,
    /// `authenticator`, `dashboard_user`. `none` is refused too: `SET ROLE none` means the login role.
    pub fn new(name: impl Into<String>) -> Result<Self, ClientError> {
        let name = name.into();
        match role::check(&name) {
            Err(Mistake { reason, remedy }) => Err(ClientError::InvalidRole {
                role: shown(&name),
                reason,
                remedy,
            }),
            Ok(()) => Ok(Self(name.into())),
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
    if name.len() > role::MAX_BYTES {
        return "...".to_owned();
    }
    name.escape_debug().to_string()
}

/// `authenticated`, the role of every signed-in user.
impl Default for Role {
    fn default() -> Self {
        Self(role::AUTHENTICATED.into())
    }
}

text_traits!(Role, ClientError);
