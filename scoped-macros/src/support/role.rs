/// The longest name that `PostgreSQL` keeps whole, in bytes.
const MAX_BYTES: usize = 63;

/// What is wrong with a role's name, in the words of the runtime's `Role::new`.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let (reason, remedy) = if name.trim().eq_ignore_ascii_case("none") {
        (
            "means the login role, not a user's",
            "use `authenticated` or a role of your own",
        )
    } else if name.trim().is_empty() {
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
    } else if name.trim() != name {
        ("has blanks around it", "remove them")
    } else {
        return Ok(());
    };
    Err(format!("role `{}` {reason}; {remedy}", name.escape_debug()))
}

/// Whether this role reads past every policy. Case and surrounding blanks are ignored, to be safe.
fn bypasses_rls(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    name.starts_with("supabase_")
        || matches!(
            name.as_str(),
            "service_role" | "postgres" | "authenticator" | "dashboard_user"
        )
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
            let message = check(name).unwrap_err();
            assert!(message.contains("bypasses row level security"), "{message}");
        }
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for (name, reason) in [
            ("", "is empty"),
            ("  ", "is empty"),
            (&*"a".repeat(64), "longer than 63 bytes"),
            ("a\nb", "control characters"),
            ("none", "means the login role"),
            (" NONE ", "means the login role"),
            (" authenticated", "has blanks around it"),
            ("authenticated\u{a0}", "has blanks around it"),
        ] {
            let message = check(name).unwrap_err();
            assert!(message.contains(reason), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }
}
