//! What the rows measured before the library had its own transport and sent requests through `reqwest`
//! (commit db9a0b6, on an AMD EPYC with two cores; round trips by elapsed time, not by CPU time).

const ROWS: &[(&str, &str)] = &[
    (
        "mint HS256, claims of 414 bytes, to one raw HMAC-SHA256",
        "2.00 x",
    ),
    (
        "mint HS256 to `jsonwebtoken::encode` of the same claims (its `jti` made before)",
        "0.74 x",
    ),
    (
        "mint ES256 to one raw aws-lc-rs signature with a cached key",
        "1.03 x",
    ),
    (
        "verify a caller's ES256 token for the first time, to the signature alone",
        "1.20 x",
    ),
    ("the same ES256 token again", "556 ns"),
    (
        "verify a caller's HS256 token for the first time, to the signature alone",
        "8.50 x",
    ),
    ("the same HS256 token again", "531 ns"),
    (
        "`clients.user(id).claims(..).client()`, sharing off, and dropping it",
        "mint + 1.82 us",
    ),
    (
        "`clients.user(id).claims(..).client()`, sharing on, the second for a user, and dropping it",
        "mint + 932 ns",
    ),
    (
        "heap of a client beside its token, with its claims",
        "1376 bytes",
    ),
    (
        "100000 live clients of as many users, with tokens",
        "192 MiB",
    ),
    (
        "a call of a function with `#[impersonate]`, the token there",
        "by hand - 6 ns",
    ),
    ("the future of that call", "by hand + 24 bytes"),
    (
        "reading a live token, 1 thread; to `ArcSwap::load` and both clocks",
        "0.54 x",
    ),
    (
        "the same token from 16 threads on 2 cores, to the same",
        "1.76 x",
    ),
    (
        "`from().select().eq()` to the request that is sent, to bare `postgrest` with `auth`",
        "1.28 x",
    ),
    (
        "a warm request to a handler with `Caller` and `#[impersonate]`, against a handler that verifies no token and \
         makes the client by hand",
        "615 ns more",
    ),
    (
        "HTTP/1 round trip, 1 at a time, to bare `postgrest` on a shared client",
        "1.05 x",
    ),
    (
        "HTTP/1 round trip, 32 at a time, to bare `postgrest` on a shared client",
        "1.38 x",
    ),
    (
        "HTTP/1 round trip: one `Postgrest` for each user, to ours",
        "1.9 x",
    ),
    (
        "HTTPS/1 round trip, 1 at a time, to bare `postgrest` on a shared client",
        "1.07 x",
    ),
    (
        "HTTPS/1 round trip, 32 at a time, to bare `postgrest` on a shared client",
        "1.32 x",
    ),
    (
        "HTTPS/1 round trip: one `Postgrest` for each user, to ours",
        "7.3 x",
    ),
    (
        "one expiry, 64 threads, a key that is here: the slowest caller to one mint",
        "1 mint, 1.05 x",
    ),
    (
        "one expiry, 64 tasks, a key that is elsewhere: the slowest caller to one mint",
        "1 mint, 1.00 x",
    ),
];

/// What a row measured then; empty for a row that did not exist.
pub(crate) fn measured(what: &str) -> &'static str {
    let row = ROWS.iter().find(|(name, _)| *name == what);
    row.map_or("", |(_, measured)| measured)
}
