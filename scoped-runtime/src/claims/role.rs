use std::borrow::Cow;

use scoped_rules::{Mistake, role};

use super::text_traits::text_traits;
use crate::error::ClientError;

/// A database role that requests run as (the `role` claim). It is never a role that bypasses Row Level
/// Security. See <https://supabase.com/docs/guides/database/postgres/roles>.
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
    /// Checks the name and makes a role of it.
    ///
    /// ```
    /// use scoped_runtime::Role;
    ///
    /// assert!(Role::new("reporting").is_ok());
    /// assert!(Role::new("service_role").is_err()); // it bypasses Row Level Security
    /// ```
    ///
    /// # Errors
    /// [`ClientError::InvalidRole`] for a name that is empty, too long or has control characters, for a role
    /// that bypasses Row Level Security (`service_role`, `postgres`, every `supabase_*`, `authenticator`,
    /// `dashboard_user`), and for `none`, since `SET ROLE none` selects the login role.
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

    /// The role of requests without a user.
    #[cfg(feature = "postgres")]
    pub(crate) fn anon() -> Self {
        Self(Cow::Borrowed("anon"))
    }

    /// The role's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Escapes a name for an error. A name that is too long is not shown, since it may be a token.
fn shown(name: &str) -> String {
    if name.len() > role::MAX_BYTES {
        return "...".to_owned();
    }
    name.escape_debug().to_string()
}

/// The default is `authenticated`, the role of signed-in users.
impl Default for Role {
    fn default() -> Self {
        Self(role::AUTHENTICATED.into())
    }
}

text_traits!(Role, ClientError);
