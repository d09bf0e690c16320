/// The claims that the runtime sets itself, or leaves out on purpose. No custom claim may have one
/// of these names.
///
/// `act` is what [`actor`](crate::ScopedClientBuilder::actor) sets. `nbf`, `session_id` and `amr` are never in a token: services without leeway refuse `nbf`, Auth
/// looks a `session_id` up, and `amr` would claim a login that did not happen.
pub const RESERVED: [&str; 13] = [
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
