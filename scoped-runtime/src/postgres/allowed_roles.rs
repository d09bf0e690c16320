use super::config::FIELD;
use crate::claims::Role;
use crate::error::{ConfigurationError, Problem};

/// The roles that statements may run as: `authenticated`, `anon`, and those that the pool adds.
#[derive(Debug, Clone)]
pub(super) struct AllowedRoles(Vec<Role>);

impl Default for AllowedRoles {
    fn default() -> Self {
        Self(vec![Role::default(), Role::anon()])
    }
}

impl AllowedRoles {
    pub(super) fn add(&mut self, roles: impl IntoIterator<Item = Role>) {
        for role in roles {
            if !self.0.contains(&role) {
                self.0.push(role);
            }
        }
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.0.iter().map(Role::as_str).collect()
    }

    /// Refuses a role that is not in the list.
    pub(super) fn check(&self, role: &str) -> Result<(), ConfigurationError> {
        if self.0.iter().any(|allowed| allowed.as_str() == role) {
            return Ok(());
        }
        let reason = format!("does not allow the role `{role}`");
        let remedy = "add it with `roles` of the pool, or use a client in an allowed role";
        Err(Problem::new(FIELD, reason, remedy).into())
    }
}
