//! The claims that the runtime sets itself, or leaves out of every token on purpose.

/// The claims that no custom claim may be named like: the runtime sets them itself, or leaves them out on
/// purpose (RFC 7519, section 4.1, and Supabase's JWT claims reference).
///
/// `act` (RFC 8693, section 4.1) is what the builder's `actor` sets. `nbf`, `session_id` and `amr` are in no
/// token: services without leeway refuse `nbf`, Auth looks a `session_id` up, and `amr` would claim a login
/// that did not happen.
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

/// How many of the reserved claims are in no token: the last ones of the list.
const NEVER_SET: usize = 3;

/// Whether no custom claim may have this name.
#[must_use]
pub fn is_reserved(claim: &str) -> bool {
    RESERVED.contains(&claim)
}

/// The claims that a token can have from the runtime.
#[must_use]
pub fn set_by_the_runtime() -> &'static [&'static str] {
    &RESERVED[..RESERVED.len() - NEVER_SET]
}

/// What users can edit of themselves (`auth.updateUser`), so that no policy may trust it.
pub const USER_METADATA: &str = "user_metadata";

#[cfg(test)]
mod tests {
    use super::set_by_the_runtime;

    #[test]
    fn claims_that_are_left_out_on_purpose_are_not_set() {
        for claim in ["nbf", "session_id", "amr"] {
            assert!(!set_by_the_runtime().contains(&claim), "{claim}");
        }
        assert!(set_by_the_runtime().contains(&"act"));
    }
}
