use serde_json::{Value, json};

use super::Attack;
use crate::verify::support::{Issuer, START, claims};

/// Times that the real key has signed: in the past, in the future, or malformed.
pub(super) fn all(issuer: &Issuer) -> Vec<Attack> {
    let with = |more: Value| issuer.token(&claims(&more));
    let text = |json: &str| issuer.sign(&issuer.header().to_string(), json);
    let all = claims(&json!({})).to_string();
    let end = (START + 3600).to_string();
    vec![
        ("no `exp`", with(json!({ "exp": null }))),
        (
            "`exp` is text (CVE-2026-25537)",
            with(json!({ "exp": (START + 3600).to_string() })),
        ),
        ("`exp` is a list", with(json!({ "exp": [START + 3600] }))),
        ("`exp` is an object", with(json!({ "exp": {} }))),
        ("`exp` is true", with(json!({ "exp": true }))),
        (
            "`exp` is a fraction",
            with(json!({ "exp": 1_795_395_600.5 })),
        ),
        (
            "`exp` is written with an exponent",
            text(&all.replace(&end, "1795395600e0")),
        ),
        (
            "`exp` is beyond 64 bits",
            text(&all.replace(&end, "99999999999999999999")),
        ),
        (
            "`exp` is the largest number",
            with(json!({ "exp": u64::MAX })),
        ),
        (
            "`exp` in milliseconds",
            with(json!({ "exp": (START + 3600) * 1000 })),
        ),
        ("`exp` before 1970", with(json!({ "exp": -1 }))),
        (
            "`exp` is null",
            text(&all.replace(&format!("\"exp\":{}", START + 3600), "\"exp\":null")),
        ),
        (
            "ended long ago",
            with(json!({ "iat": START - 7200, "exp": START - 3600 })),
        ),
        ("`nbf` is text", with(json!({ "nbf": START.to_string() }))),
        ("`nbf` is a fraction", with(json!({ "nbf": 0.5 }))),
        ("not yet valid", with(json!({ "nbf": START + 3000 }))),
        ("no `iat`", with(json!({ "iat": null }))),
        ("`iat` is text", with(json!({ "iat": "now" }))),
        (
            "issued tomorrow",
            with(json!({ "iat": START + 86_400, "exp": START + 90_000 })),
        ),
        (
            "issued after its end",
            with(json!({ "iat": START + 5, "exp": START + 4 })),
        ),
        ("`exp` twice", text(&format!("{{\"exp\":1,{}", &all[1..]))),
    ]
}
