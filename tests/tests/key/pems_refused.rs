//! PEM texts and shared secrets that cannot sign are refused with a reason, and no error shows a private
//! part of them.

use scoped_runtime::SigningKey;

use crate::key::support::{KID, cli, openssl, reason};
use crate::support::SECRET;

#[test]
fn a_pem_without_a_supported_private_key_is_refused() {
    let other = "is not a P-256, RSA or Ed25519 key, or is damaged";
    let ec = "is not an EC key on P-256, or is damaged";
    let size = "is an RSA key of fewer than 2048 or more than 8192 bits";
    let no_pem = "is not the PEM of a private key";
    let damage = |name: &str, place: usize| {
        let mut pem = openssl(name).into_bytes();
        pem[place] = if pem[place] == b'A' { b'B' } else { b'A' };
        String::from_utf8(pem).unwrap()
    };
    let cut = openssl("EC PKCS#8");
    let cut = cut.split("-----END").next().unwrap();
    let one_line = openssl("EC PKCS#8").replace('\n', "\\n");
    for (pem, expected) in [
        (openssl("P-384 PKCS#8"), other),
        (openssl("secp256k1 PKCS#8"), other),
        (openssl("X25519 PKCS#8"), other),
        (openssl("RSA-PSS PKCS#8"), other),
        (openssl("P-384 SEC1"), ec),
        (openssl("RSA 1024 PKCS#8"), size),
        (openssl("RSA 1024 PKCS#1"), size),
        (openssl("encrypted PKCS#8"), "is an encrypted PEM"),
        (openssl("encrypted SEC1"), "is an encrypted PEM"),
        (openssl("EC public"), "has no private part"),
        (openssl("certificate"), "has no private part"),
        (
            openssl("EC SEC1").replace("EC PRIVATE", "RSA PRIVATE"),
            "is not an RSA key, or is damaged",
        ),
        (
            openssl("RSA PKCS#1").replace("RSA PRIVATE", "EC PRIVATE"),
            ec,
        ),
        (damage("EC PKCS#8", 100), other),
        (damage("RSA PKCS#8", 600), other),
        (
            damage("RSA PKCS#1", 600),
            "is not an RSA key, or is damaged",
        ),
        (cut.to_owned(), no_pem),
        (one_line, no_pem),
        (openssl("EC PKCS#8").replace("MIG", "M!G"), no_pem),
        (String::new(), no_pem),
        (SECRET.to_owned(), no_pem),
        (cli("es256").to_string(), "is JSON, not PEM"),
    ] {
        assert_eq!(reason(&pem, SigningKey::from_pem(&pem, KID)), expected);
    }
    for kid in ["", " \t"] {
        let pem = openssl("EC PKCS#8");
        let found = reason(&pem, SigningKey::from_pem(&pem, kid));
        assert!(found.starts_with("has no `kid`"), "{found}");
    }
}

#[test]
fn a_shared_secret_that_is_short_or_without_its_key_id_is_refused() {
    let short = "a".repeat(31);
    for (secret, kid, expected) in [
        (&*short, KID, "has 31 bytes, fewer than 32"),
        (SECRET, "", "has a blank `kid`"),
        (SECRET, "\n", "has a blank `kid`"),
    ] {
        let error = SigningKey::hs256_with_kid(secret, kid).unwrap_err();
        assert_eq!((error.field(), error.reason()), ("jwt_secret", expected));
        assert!(!format!("{error} {error:?}").contains(secret));
    }
}
