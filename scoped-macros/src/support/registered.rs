/// Whether the runtime sets this claim itself, or leaves it out on purpose.
pub(crate) fn is_reserved(claim: &str) -> bool {
    RESERVED.contains(&claim)
}

/// The claims that tokens can have from the runtime.
pub(crate) fn set_by_the_runtime() -> Vec<&'static str> {
    let is_set = |claim: &&str| !NEVER.contains(claim);
    RESERVED.into_iter().filter(is_set).collect()
}

/// Left out on purpose.
const NEVER: [&str; 3] = ["nbf", "session_id", "amr"];

/// The runtime's own list. A macro crate cannot depend on the crate that re-exports it, so this is
/// a copy, and a test compares the two.
const RESERVED: [&str; 13] = [
    "sub",
    "role",
    "aud",
    "iss",
    "iat",
    "exp",
    "aal",
    "is_anonymous",
    "jti",
    "nbf",
    "session_id",
    "amr",
    "act",
];

#[cfg(test)]
mod tests {
    use super::RESERVED;

    #[test]
    fn the_list_is_the_runtimes() {
        let runtime = include_str!("../../../scoped-runtime/src/claims/registered.rs");
        let (_, list) = runtime.split_once("= [").expect("the list opens");
        let (list, _) = list.split_once("];").expect("the list closes");
        let names: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(names, RESERVED);
    }
}
