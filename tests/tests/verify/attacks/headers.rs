use serde_json::{Value, json};

use super::Attack;
use crate::verify::support::{Issuer, KID, claims, encode};

/// Headers that the real key has signed. An attacker cannot sign them, but a verifier that follows them
/// would trust keys of a third party.
pub(super) fn all(issuer: &Issuer) -> Vec<Attack> {
    let body = claims(&json!({})).to_string();
    let stranger = Issuer::new(KID);
    let with = |more: Value| {
        let mut header = issuer.header();
        for (name, value) in more.as_object().unwrap() {
            header[name] = value.clone();
        }
        issuer.sign(&header.to_string(), &body)
    };
    let signed = |header: &str| issuer.sign(header, &body);
    let own = |name: &str, value: Value| {
        let mut header = stranger.header();
        header[name] = value;
        stranger.sign(&header.to_string(), &body)
    };
    vec![
        ("none", with(json!({ "alg": "none" }))),
        ("None", with(json!({ "alg": "None" }))),
        ("nOnE", with(json!({ "alg": "nOnE" }))),
        ("an empty `alg`", with(json!({ "alg": "" }))),
        ("es256", with(json!({ "alg": "es256" }))),
        ("ES256 with a blank", with(json!({ "alg": "ES256 " }))),
        ("ES384 of a P-256 key", with(json!({ "alg": "ES384" }))),
        ("ES256K of a P-256 key", with(json!({ "alg": "ES256K" }))),
        ("EdDSA of a P-256 key", with(json!({ "alg": "EdDSA" }))),
        ("RS256 of a P-256 key", with(json!({ "alg": "RS256" }))),
        ("PS256", with(json!({ "alg": "PS256" }))),
        (
            "HS256 of a P-256 signature",
            with(json!({ "alg": "HS256" })),
        ),
        ("`alg` is a number", with(json!({ "alg": 256 }))),
        ("`alg` is a list", with(json!({ "alg": ["ES256"] }))),
        (
            "no `alg`",
            signed(&json!({ "kid": KID, "typ": "JWT" }).to_string()),
        ),
        (
            "no `kid`",
            signed(&json!({ "alg": "ES256", "typ": "JWT" }).to_string()),
        ),
        ("an empty `kid`", with(json!({ "kid": "" }))),
        ("`kid` is null", with(json!({ "kid": null }))),
        ("`kid` is a list", with(json!({ "kid": [KID] }))),
        (
            "another `kid`",
            with(json!({ "kid": "0b1c8d2e-7f3a-4c59-9d61-000000000000" })),
        ),
        ("`kid` is a path", with(json!({ "kid": "../../dev/null" }))),
        ("`kid` is SQL", with(json!({ "kid": "' or '1'='1" }))),
        (
            "`kid` in capitals",
            with(json!({ "kid": KID.to_uppercase() })),
        ),
        ("an unknown `crit`", with(json!({ "crit": ["exp"] }))),
        ("an empty `crit`", with(json!({ "crit": [] }))),
        (
            "`b64` is off",
            with(json!({ "b64": false, "crit": ["b64"] })),
        ),
        ("compressed", with(json!({ "zip": "DEF" }))),
        ("a token in a token", with(json!({ "cty": "JWT" }))),
        ("another `typ`", with(json!({ "typ": "secevent+jwt" }))),
        ("an ID token's `typ`", with(json!({ "typ": "at+jwt" }))),
        ("`typ` is a number", with(json!({ "typ": 1 }))),
        ("its own key in `jwk`", own("jwk", stranger.jwk())),
        (
            "its own keys at `jku`",
            own("jku", json!("https://attacker.test/jwks.json")),
        ),
        (
            "its own certificate at `x5u`",
            own("x5u", json!("https://attacker.test/x.pem")),
        ),
        ("its own certificate in `x5c`", own("x5c", json!(["MIIB"]))),
        ("a good `jwk`", with(json!({ "jwk": issuer.jwk() }))),
        (
            "`alg` twice",
            signed(&format!(r#"{{"alg":"none","alg":"ES256","kid":"{KID}"}}"#)),
        ),
        (
            "`kid` twice",
            signed(&format!(r#"{{"alg":"ES256","kid":"x","kid":"{KID}"}}"#)),
        ),
        ("a header that is a list", signed(r#"["ES256"]"#)),
        ("a header that is not JSON", signed("{'alg':'ES256'}")),
        (
            "a header with more JSON behind it",
            signed(&format!("{} {{}}", issuer.header())),
        ),
        ("a header in UTF-16", {
            let text = issuer.header().to_string();
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let input = format!("{}.{}", encode(wide), encode(&body));
            format!("{input}.{}", encode([0; 64]))
        }),
    ]
}
