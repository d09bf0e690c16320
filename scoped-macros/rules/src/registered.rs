//! The claims that the runtime sets itself, or deliberately leaves out of every token.

/// The names that no custom claim may have, because the runtime sets these claims itself or deliberately
/// leaves them out (RFC 7519, section 4.1, and [Supabase's reference of JWT
/// claims](https://supabase.com/docs/guides/auth/jwt-fields)).
///
/// The builder's `actor` sets `act` (RFC 8693, section 4.1). No token has `nbf`, `session_id` or `amr`:
/// services without leeway refuse tokens with `nbf`, Supabase Auth looks up the session of a `session_id`,
/// and `amr` would claim a login that did not happen.
pub const RESERVED: &[&str] = &[
    "sub",
    "role",
    "aud",
    "iss",
    "iat",
    "exp",
    "aal",
    "is_anonymous",
    "jti",
    "act",
    "nbf",
    "session_id",
    "amr",
];

/// The number of reserved claims that no token has: the last ones of the list.
const NEVER_SET: usize = 3;

/// Whether the name is reserved, so that no custom claim may have it.
#[must_use]
pub fn is_reserved(claim: &str) -> bool {
    RESERVED.contains(&claim)
}

/// The reserved claims that the runtime can set.
#[must_use]
pub fn set_by_the_runtime() -> &'static [&'static str] {
    &RESERVED[..RESERVED.len() - NEVER_SET]
}

/// The object of claims that users can edit themselves (`auth.updateUser`), so that no policy may trust it.
pub const USER_METADATA: &str = "user_metadata";

#[cfg(test)]
mod tests {
    use super::set_by_the_runtime;

    #[test]
    fn the_runtime_never_sets_claims_that_are_deliberately_left_out() {
        for claim in ["nbf", "session_id", "amr"] {
            assert!(!set_by_the_runtime().contains(&claim), "{claim}");
        }
        assert!(set_by_the_runtime().contains(&"act"));
    }
}
