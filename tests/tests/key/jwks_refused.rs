//! JWKs that cannot sign are refused with a reason, and no error shows a private part of them.

use scoped_runtime::SigningKey;
use serde_json::{Value, json};

use crate::key::support::{cli, ed25519, octets, openssl, reason, with};
use crate::support::SECRET;

fn jwk(key: &Value) -> String {
    let json = key.to_string();
    reason(&json, SigningKey::from_jwk(&json))
}

/// Members of another key of the same type.
fn of(name: &str, members: &[&str]) -> Value {
    let key = cli(name);
    members
        .iter()
        .map(|name| ((*name).to_owned(), key[*name].clone()))
        .collect()
}

#[test]
fn a_jwk_that_cannot_sign_tokens_is_refused_with_the_reason() {
    let public = "has no private part";
    let no_kid = "has no `kid`, without which Supabase does not find the key of a token";
    let operations = "has `key_ops` without `sign`";
    let usage = "has a `use` other than `sig`";
    for (key, members, expected) in [
        (
            cli("es256"),
            json!({ "kty": null }),
            "has no `kty`, so it is not a JWK",
        ),
        (
            cli("es256"),
            json!({ "kty": "EC2" }),
            "has `EC2` as its `kty`, which is not supported",
        ),
        (
            cli("es256"),
            json!({ "kty": "RSA" }),
            "has `ES256` as its `alg`, but its type signs RS256",
        ),
        (cli("es256"), json!({ "kty": "oct" }), public),
        (
            cli("es256"),
            json!({ "crv": "P-384" }),
            "has `P-384` as its `crv`, which is not supported",
        ),
        (
            cli("es256"),
            json!({ "crv": "secp256k1" }),
            "has `secp256k1` as its `crv`, which is not supported",
        ),
        (
            cli("es256"),
            json!({ "crv": null }),
            "has nothing as its `crv`, which is not supported",
        ),
        (
            ed25519(),
            json!({ "crv": "X25519" }),
            "has `X25519` as its `crv`, which is not supported",
        ),
        (
            ed25519(),
            json!({ "crv": "Ed448" }),
            "has `Ed448` as its `crv`, which is not supported",
        ),
        (cli("es256"), json!({ "d": null }), public),
        (cli("rs256"), json!({ "d": null }), public),
        (ed25519(), json!({ "d": null }), public),
        (octets(), json!({ "k": null }), public),
        (cli("es256"), json!({ "use": "enc" }), usage),
        (
            cli("rs256"),
            json!({ "use": "enc", "alg": "RSA1_5" }),
            usage,
        ),
        (cli("es256"), json!({ "key_ops": ["verify"] }), operations),
        (ed25519(), json!({ "key_ops": [] }), operations),
        (
            cli("es256"),
            json!({ "alg": "ES384" }),
            "has `ES384` as its `alg`, but its type signs ES256",
        ),
        (
            cli("rs256"),
            json!({ "alg": "PS256" }),
            "has `PS256` as its `alg`, but its type signs RS256",
        ),
        (
            cli("rs256"),
            json!({ "alg": "RS384" }),
            "has `RS384` as its `alg`, but its type signs RS256",
        ),
        (
            ed25519(),
            json!({ "alg": "Ed25519" }),
            "has `Ed25519` as its `alg`, but its type signs EdDSA",
        ),
        (
            octets(),
            json!({ "alg": "HS512" }),
            "has `HS512` as its `alg`, but its type signs HS256",
        ),
        (
            octets(),
            json!({ "alg": "A256GCM" }),
            "has `A256GCM` as its `alg`, but its type signs HS256",
        ),
        (cli("es256"), json!({ "kid": null }), no_kid),
        (cli("rs256"), json!({ "kid": "" }), no_kid),
        (ed25519(), json!({ "kid": " \n" }), no_kid),
        (octets(), json!({ "kid": "" }), no_kid),
    ] {
        assert_eq!(jwk(&with(key, &members)), expected, "{members}");
    }
}

/// This number of zero bytes in base64url.
fn zeros(bytes: usize) -> String {
    "A".repeat((bytes * 4).div_ceil(3))
}

/// Checks that the key is refused for this reason with each of these members.
fn check(key: &Value, cases: Vec<(Value, &str)>) {
    for (members, expected) in cases {
        assert_eq!(jwk(&with(key.clone(), &members)), expected, "{members}");
    }
}

#[test]
fn an_ec_jwk_with_invalid_members_is_refused() {
    let key = cli("es256");
    let pair = "has a `d` that does not belong to its `x` and `y`";
    let point = "has `x` and `y` that are not a point on P-256";
    let padded = format!("{}=", key["d"].as_str().unwrap());
    let cases = vec![
        (of("es256_short_d", &["d"]), pair),
        (of("es256_short_x", &["x", "y"]), pair),
        // The first value is zero, the second is greater than the order of the group.
        (json!({ "d": zeros(32) }), pair),
        (json!({ "d": "_".repeat(42) + "8" }), pair),
        (of("es256_short_x", &["x"]), point),
        (json!({ "x": key["y"], "y": key["x"] }), point),
        (json!({ "x": zeros(32), "y": zeros(32) }), point),
        (json!({ "x": null }), "has no `x`"),
        (json!({ "y": null }), "has no `y`"),
        (
            json!({ "x": zeros(33) }),
            "has a member `x` of 33 bytes instead of 32",
        ),
        (
            json!({ "d": zeros(33) }),
            "has a member `d` of 33 bytes instead of 32",
        ),
        (json!({ "d": "" }), "has a member `d` of 0 bytes"),
        (
            json!({ "d": padded }),
            "has a member `d` that is not base64url without padding",
        ),
        (
            json!({ "y": "+/+/" }),
            "has a member `y` that is not base64url without padding",
        ),
    ];
    check(&key, cases);
}

#[test]
fn an_ed25519_or_oct_jwk_with_invalid_members_is_refused() {
    let pair = "has a `d` that does not belong to its `x`";
    let cases = vec![
        (json!({ "x": cli("es256")["x"] }), pair),
        (
            json!({ "d": zeros(31) }),
            "has a member `d` of 31 bytes instead of 32",
        ),
        (
            json!({ "x": zeros(33) }),
            "has a member `x` of 33 bytes instead of 32",
        ),
    ];
    check(&ed25519(), cases);
    let cases = vec![
        (
            json!({ "k": zeros(31) }),
            "has a member `k` of 31 bytes, fewer than 32",
        ),
        (json!({ "k": "" }), "has a member `k` of 0 bytes"),
        (
            json!({ "k": zeros(1025) }),
            "has a member `k` of 1025 bytes",
        ),
    ];
    check(&octets(), cases);
}

#[test]
fn an_rsa_jwk_with_invalid_members_is_refused() {
    let key = cli("rs256");
    let n = key["n"].as_str().unwrap();
    // The value is as long as a modulus of 2048 bits, but its first bits are not set.
    let light = format!("AQ{}", &n[2..]);
    let mut cases = vec![
        (
            json!({ "n": &n[..168] }),
            "is an RSA key of 1008 bits, not 2048 to 8192",
        ),
        (
            json!({ "n": light }),
            "is an RSA key of 2041 bits, not 2048 to 8192",
        ),
        (
            json!({ "oth": [] }),
            "is an RSA key of more than two primes",
        ),
        (json!({ "n": null }), "has no `n`"),
        (json!({ "e": null }), "has no `e`"),
        (json!({ "p": null }), "has no `p`"),
        (json!({ "q": null }), "has no `q`"),
        (json!({ "dp": null }), "has no `dp`"),
        (json!({ "dq": null }), "has no `dq`"),
        (json!({ "qi": null }), "has no `qi`"),
    ];
    // With an exponent of 1 a signature would be the message itself.
    let one = json!({ "e": "AQ", "d": "AQ", "dp": "AQ", "dq": "AQ" });
    let mut apart = vec![one, json!({ "e": "AA" }), json!({ "e": "AQAC" })];
    for members in ["n", "d", "p q", "dp", "dq", "qi"] {
        let members: Vec<_> = members.split(' ').collect();
        apart.push(of("rs256_2x", &members));
    }
    for members in apart {
        cases.push((members, "has RSA members that do not belong together"));
    }
    check(&key, cases);
}

#[test]
fn a_text_that_is_not_a_valid_jwk_is_refused_with_the_reason() {
    let es256 = cli("es256").to_string();
    let cut = &es256[..es256.len() - 1];
    let twice = es256.replace("\"kty\"", "\"d\":\"x\",\"kty\"");
    let escaped = es256.replace("\"d\":\"", "\"d\":\"\\u0041");
    let json = "is not valid JSON (line ";
    let member = "has a member of the wrong type, with an escape, or set twice (line 1, column ";
    for (text, expected) in [
        ("", json),
        (" \n", "is not valid JSON (line 2, column 0)"),
        ("no key", "is not valid JSON (line 1, column 2)"),
        (SECRET, json),
        (cut, json),
        (&format!("{es256}{es256}"), json),
        (&"[".repeat(100_000), json),
        ("7", member),
        ("null", member),
        (&twice, member),
        (&escaped, member),
        (&with(cli("es256"), &json!({ "d": 7 })).to_string(), member),
        (
            &with(cli("es256"), &json!({ "key_ops": "sign" })).to_string(),
            member,
        ),
        (&json!({ "keys": es256 }).to_string(), member),
        (&json!({ "keys": cli("es256") }).to_string(), member),
        ("{}", "has no `kty`, so it is not a JWK"),
        ("[]", "is a set without keys"),
        ("{\"keys\": []}", "is a set without keys"),
        (&openssl("EC PKCS#8"), "is PEM, not JSON"),
    ] {
        let found = reason(text, SigningKey::from_jwk(text));
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn a_private_part_in_the_wrong_place_is_not_shown() {
    for key in [cli("es256"), ed25519()] {
        for member in ["kty", "crv", "alg", "use", "kid"] {
            // `jwk` searches the error for the private part.
            jwk(&with(key.clone(), &json!({ member: key["d"], "x": "!" })));
        }
    }
}

#[test]
fn a_set_without_a_usable_key_says_why_for_each() {
    let public = with(cli("es256"), &json!({ "d": null }));
    let foreign = with(cli("es256"), &of("es256_short_d", &["d"]));
    let keys = json!([public, foreign, with(ed25519(), &json!({ "kid": null })), 7]);
    let expected = "has no usable key: key 1 has no private part; \
                    key 2 has a `d` that does not belong to its `x` and `y`; \
                    key 3 has no `kid`, without which Supabase does not find the key of a token; \
                    key 4 has a member of the wrong type, with an escape, or set twice (line 1, column 1)";
    assert_eq!(jwk(&keys), expected);
    assert_eq!(jwk(&json!({ "keys": keys })), expected);
    assert_eq!(jwk(&json!({ "keys": [public] })), "has no private part");
}
