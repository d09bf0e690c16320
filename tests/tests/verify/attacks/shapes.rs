use serde_json::json;

use super::Attack;
use crate::verify::support::{Issuer, claims};

/// Texts that are not a compact JWS.
pub(super) fn all(issuer: &Issuer, good: &str) -> Vec<Attack> {
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("{good}");
    };
    let json = json!({ "payload": payload,
        "signatures": [{ "protected": header, "signature": signature }] });
    let padded = format!("{header}.{payload}=.{signature}");
    let long = issuer.token(&claims(&json!({ "pad": "x".repeat(9000) })));
    vec![
        ("nothing", String::new()),
        ("two dots", "..".to_owned()),
        (
            "no signature and no dot for it",
            format!("{header}.{payload}"),
        ),
        ("an empty signature", format!("{header}.{payload}.")),
        ("an empty payload", format!("{header}..{signature}")),
        ("an empty header", format!(".{payload}.{signature}")),
        ("a fourth part", format!("{good}.{signature}")),
        ("an empty fourth part", format!("{good}.")),
        (
            "five parts, as an encrypted token has",
            format!("{good}.a.b"),
        ),
        ("the JSON serialisation", json.to_string()),
        ("padding", padded),
        ("a blank before", format!(" {good}")),
        ("a line break behind", format!("{good}\n")),
        (
            "a blank in the middle",
            format!("{header}. {payload}.{signature}"),
        ),
        ("a NUL", format!("{header}\0.{payload}.{signature}")),
        (
            "the other base64",
            format!("{header}.{payload}.{}+/", &signature[2..]),
        ),
        ("stray bits in the signature", stray_bits(good)),
        ("the scheme inside", format!("Bearer {good}")),
        ("two tokens", format!("{good},{good}")),
        ("more bytes than any token has", long),
        ("text that is not a token", "sb_publishable_abc".to_owned()),
    ]
}

/// Returns the token with a last letter that differs only in the four bits that are not decoded.
fn stray_bits(good: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = good.as_bytes().to_vec();
    let last = bytes.last_mut().unwrap();
    let place = alphabet.iter().position(|letter| letter == last).unwrap();
    *last = alphabet[place + 1];
    String::from_utf8(bytes).unwrap()
}
