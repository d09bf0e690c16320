//! The names of the database roles that a token may have.

use crate::Mistake;

/// The role of signed-in users, and the default role of clients.
pub const AUTHENTICATED: &str = "authenticated";

/// The longest name of a role in bytes (PostgreSQL's `NAMEDATALEN` - 1). PostgreSQL truncates longer names.
pub const MAX_BYTES: usize = 63;

/// The roles of Supabase that bypass row level security, in addition to every `supabase_*`.
const PRIVILEGED: [&str; 4] = [
    "service_role",
    "postgres",
    "authenticator",
    "dashboard_user",
];

/// Checks the name of a role.
///
/// # Errors
/// A [`Mistake`] for a name that is empty, longer than [`MAX_BYTES`], or has control characters or blanks
/// around it; for a role that bypasses row level security; and for `none`, which `SET ROLE` reads as the login
/// role.
pub fn check(name: &str) -> Result<(), Mistake> {
    let trimmed = name.trim();
    let (reason, remedy) = if trimmed.eq_ignore_ascii_case("none") {
        (
            "means the login role, not the role of a user",
            "use `authenticated` or a role of your own",
        )
    } else if trimmed.is_empty() {
        ("is empty", "name a role such as `authenticated`")
    } else if name.len() > MAX_BYTES {
        (
            "is longer than 63 bytes",
            "PostgreSQL would cut it; use its real name",
        )
    } else if name.chars().any(char::is_control) {
        ("has control characters", "use the role's real name")
    } else if bypasses_rls(name) {
        (
            "bypasses row level security",
            "use `authenticated` or a role of your own without BYPASSRLS",
        )
    } else if trimmed != name {
        ("has blanks around it", "remove them")
    } else {
        return Ok(());
    };
    Err(Mistake { reason, remedy })
}

/// Whether the role bypasses row level security on Supabase. Case and surrounding blanks are ignored, to be
/// safe.
#[must_use]
pub(crate) fn bypasses_rls(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    name.starts_with("supabase_") || PRIVILEGED.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn ordinary_roles_pass() {
        for name in [
            "authenticated",
            "anon",
            "reporting",
            "my_postgres",
            &"a".repeat(63),
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn roles_that_bypass_policies_are_refused_in_any_spelling() {
        for name in [
            "service_role",
            "postgres",
            "supabase_admin",
            "supabase_anything",
            "authenticator",
            "dashboard_user",
            "SERVICE_ROLE",
            " Postgres ",
        ] {
            let mistake = check(name).unwrap_err();
            assert_eq!(mistake.reason, "bypasses row level security", "{name}");
        }
    }

    #[test]
    fn names_that_no_role_has_are_refused() {
        for (name, reason) in [
            ("", "is empty"),
            ("  ", "is empty"),
            (&*"a".repeat(64), "is longer than 63 bytes"),
            ("a\nb", "has control characters"),
            ("none", "means the login role, not the role of a user"),
            (" NONE ", "means the login role, not the role of a user"),
            (" authenticated", "has blanks around it"),
            ("authenticated\u{a0}", "has blanks around it"),
        ] {
            assert_eq!(check(name).unwrap_err().reason, reason, "{name:?}");
        }
    }
}
