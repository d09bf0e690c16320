//! Keys that look like something else, and cases that mutation tests and fuzzing found to be untested.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scoped_runtime::SigningKey;
use serde_json::json;

use crate::key::support::{KID, cli, octets, openssl, with};

#[test]
fn a_jwk_that_contains_a_pem_header_is_read_as_a_jwk() {
    let kid = "-----BEGIN PRIVATE KEY-----";
    let key = SigningKey::from_pem(&openssl("Ed25519 PKCS#8"), kid).unwrap();
    let public = key.public_jwk().unwrap().to_string();
    let error = SigningKey::from_jwk(&public).unwrap_err();
    assert_eq!(error.reason(), "has no private part");

    let private = with(cli("es256"), &json!({ "kid": kid, "note": "-----BEGIN " }));
    for text in [private.to_string(), format!(" [{private}]")] {
        let key = SigningKey::from_jwk(&text).unwrap();
        assert_eq!(key.key_id(), Some(kid));
    }
}

#[test]
fn a_comment_about_encryption_does_not_make_a_pem_encrypted() {
    let pem = format!("# UNENCRYPTED, keep it safe\n{}", openssl("EC PKCS#8"));
    assert!(SigningKey::from_pem(&pem, KID).is_ok());
}

#[test]
fn a_jwk_for_any_use_but_signatures_is_refused() {
    for usage in ["", "enc", "SIG", "sig ", "verify"] {
        let key = with(octets(), &json!({ "use": usage })).to_string();
        let error = SigningKey::from_jwk(&key).expect_err(usage);
        assert_eq!(error.reason(), "has a `use` other than `sig`");
    }
}

#[test]
fn errors_do_not_show_an_unsafe_or_long_value_of_a_jwk() {
    for curve in ["P-256\n", "P-256 ", "P\u{202e}256", "a-word-longer-than-16"] {
        let key = with(cli("es256"), &json!({ "crv": curve })).to_string();
        // With an escaped line break the text cannot be borrowed, which is refused as well.
        let reason = SigningKey::from_jwk(&key).expect_err(curve);
        assert!(!reason.to_string().contains(curve), "{reason}");
    }
}

/// Decodes the lines between the first and the last one.
fn der(pem: &str) -> Vec<u8> {
    let key = pem.split("-----BEGIN ").last().unwrap();
    let lines = key.lines().skip(1);
    let base64: String = lines.take_while(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap()
}

#[test]
fn a_pem_with_the_public_half_of_another_key_is_refused() {
    let (sec1, pkcs8) = (der(&openssl("EC SEC1")), der(&openssl("EC PKCS#8")));
    for (label, key, other) in [
        ("EC PRIVATE KEY", &sec1, &pkcs8),
        ("PRIVATE KEY", &pkcs8, &sec1),
    ] {
        // Both formats end with the point, which has 32 bytes for each coordinate.
        let (start, point) = (&key[..key.len() - 64], &other[other.len() - 64..]);
        let base64 = STANDARD.encode([start, point].concat());
        let pem = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
        let error = SigningKey::from_pem(&pem, KID).expect_err(label);
        assert!(error.reason().ends_with("or is damaged"), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn reading_a_key_file_without_an_end_stops_with_an_error() {
    let builder = scoped_runtime::Config::builder().environment(|name| {
        let is_key = name == "SUPABASE_SIGNING_KEY";
        is_key.then(|| "/dev/zero".to_owned())
    });
    let builder = builder.url("https://project.test").api_key("anon");
    let error = builder.build().unwrap_err();
    let expected = "is not valid JSON (line 1, column 1)";
    assert_eq!((error.field(), error.reason()), ("signing_key", expected));
}
