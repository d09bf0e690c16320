use serde_json::{Value, json};

use super::Attack;
use crate::verify::support::{ALICE, Issuer, URL, claims};

/// Claims that the real key has signed for another project or user, or that Auth never writes.
pub(super) fn all(issuer: &Issuer) -> Vec<Attack> {
    let with = |more: Value| issuer.token(&claims(&more));
    let mut attacks = vec![
        ("no `iss`", with(json!({ "iss": null }))),
        (
            "another project's",
            with(json!({ "iss": "https://other.test/auth/v1" })),
        ),
        (
            "`iss` with a slash behind",
            with(json!({ "iss": format!("{URL}/auth/v1/") })),
        ),
        (
            "`iss` that begins like ours",
            with(json!({ "iss": format!("{URL}/auth/v1.attacker.test") })),
        ),
        (
            "`iss` in capitals",
            with(json!({ "iss": format!("{URL}/auth/v1").to_uppercase() })),
        ),
        (
            "`iss` is a list",
            with(json!({ "iss": [format!("{URL}/auth/v1")] })),
        ),
        ("an API key's `iss`", with(json!({ "iss": "supabase" }))),
        ("no `aud`", with(json!({ "aud": null }))),
        ("another `aud`", with(json!({ "aud": "other" }))),
        ("an empty list of `aud`", with(json!({ "aud": [] }))),
        ("other `aud`s", with(json!({ "aud": ["a", "b"] }))),
        (
            "an `aud` list with a number",
            with(json!({ "aud": ["authenticated", 1] })),
        ),
        (
            "`aud` is an object",
            with(json!({ "aud": { "authenticated": true } })),
        ),
        ("no `sub`", with(json!({ "sub": null }))),
        ("an empty `sub`", with(json!({ "sub": "" }))),
        ("`sub` is not a UUID", with(json!({ "sub": "alice" }))),
        (
            "`sub` in capitals",
            with(json!({ "sub": ALICE.to_uppercase() })),
        ),
        (
            "`sub` in braces",
            with(json!({ "sub": format!("{{{ALICE}}}") })),
        ),
        ("`sub` is a number", with(json!({ "sub": 1 }))),
        ("no `role`", with(json!({ "role": null }))),
        ("`role` is empty", with(json!({ "role": "" }))),
        ("the role `anon`", with(json!({ "role": "anon" }))),
        (
            "the role `service_role`",
            with(json!({ "role": "service_role" })),
        ),
        (
            "the role `SERVICE_ROLE `",
            with(json!({ "role": "SERVICE_ROLE " })),
        ),
        ("the role `postgres`", with(json!({ "role": "postgres" }))),
        (
            "the role `supabase_admin`",
            with(json!({ "role": "supabase_admin" })),
        ),
        (
            "`role` is a list",
            with(json!({ "role": ["authenticated"] })),
        ),
        ("an unknown `aal`", with(json!({ "aal": "aal9" }))),
        ("`aal` is a number", with(json!({ "aal": 2 }))),
        (
            "`is_anonymous` is text",
            with(json!({ "is_anonymous": "false" })),
        ),
        ("`session_id` is a number", with(json!({ "session_id": 1 }))),
        ("`act` is text", with(json!({ "act": "agent" }))),
        ("`act` has no `sub`", with(json!({ "act": {} }))),
    ];
    attacks.extend(payloads(issuer));
    attacks
}

/// Payloads that are not a set of claims, or that two parsers may read differently.
fn payloads(issuer: &Issuer) -> Vec<Attack> {
    let text = |json: &str| issuer.sign(&issuer.header().to_string(), json);
    let all = claims(&json!({})).to_string();
    let twice = |member: &str| text(&format!("{{{member},{}", &all[1..]));
    vec![
        (
            "`sub` twice",
            twice(r#""sub":"00000000-0000-4000-8000-00000000000b""#),
        ),
        ("`role` twice", twice(r#""role":"authenticated""#)),
        (
            "a claim twice, deep inside",
            twice(r#""deep":{"a":1,"a":2}"#),
        ),
        ("a payload that is a list", text("[]")),
        ("a payload that is text", text("\"alice\"")),
        ("a payload that is not JSON", text("{")),
        (
            "a payload with more behind it",
            text(&format!("{all}{all}")),
        ),
        (
            "a payload that begins with a byte order mark",
            text(&format!("\u{feff}{all}")),
        ),
        (
            "a payload that is nested without end",
            text(&format!("{}1{}", "[".repeat(2000), "]".repeat(2000))),
        ),
    ]
}
