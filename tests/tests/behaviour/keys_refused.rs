//! Keys that never sign: each is refused with the reason, and no error shows a part of it.

use scoped_runtime::{ConfigurationError, SigningKey};
use serde_json::{Value, json};

use crate::keys::{KID, cli, ed25519, octets, openssl, private_parts, with};
use crate::support::SECRET;

/// The reason why this is refused, once the error was searched for what it must not show.
fn reason(key: &str, result: Result<SigningKey, ConfigurationError>) -> String {
    let error = result.expect_err("a refused key");
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(problem.field(), "signing_key", "{error}");
    assert!(!problem.remedy().is_empty());
    let shown = format!("{error} {error:?}");
    for part in private_parts(key) {
        assert!(!shown.contains(&part), "{shown}");
    }
    problem.reason().to_owned()
}

fn jwk(key: &Value) -> String {
    let json = key.to_string();
    reason(&json, SigningKey::from_jwk(&json))
}

/// Members of another key of the same kind.
fn of(name: &str, members: &[&str]) -> Value {
    let key = cli(name);
    members
        .iter()
        .map(|name| ((*name).to_owned(), key[*name].clone()))
        .collect()
}

#[test]
fn a_jwk_that_is_for_something_else_is_refused() {
    let public = "has no private part";
    let no_kid = "has no `kid`, without which Supabase does not find the key of a token";
    let operations = "has `key_ops` without `sign`";
    let usage = "has a `use` other than `sig`";
    for (key, members, expected) in [
        (
            cli("es256"),
            json!({ "kty": null }),
            "has no `kty`, so it is no JWK",
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
        (octets(), json!({ "use": "" }), usage),
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

#[test]
fn a_jwk_whose_members_are_wrong_is_refused() {
    let zeros = |bytes: usize| "A".repeat((bytes * 4).div_ceil(3));
    let pair = "has a `d` that does not belong to its `x` and `y`";
    let rsa = "has RSA members that do not belong together";
    let n = cli("rs256")["n"].clone();
    let n = n.as_str().unwrap();
    let swapped = json!({ "x": cli("es256")["y"], "y": cli("es256")["x"] });
    let no_text = |member| format!("has a `{member}` that is not base64url without padding");
    let padded = format!("{}=", cli("es256")["d"].as_str().unwrap());
    for (key, members, expected) in [
        (cli("es256"), of("es256_short_d", &["d"]), pair),
        (cli("es256"), of("es256_short_x", &["x", "y"]), pair),
        (cli("es256"), json!({ "d": zeros(32) }), pair),
        (cli("es256"), json!({ "d": "_".repeat(42) + "8" }), pair),
        (
            cli("es256"),
            of("es256_short_x", &["x"]),
            "has `x` and `y` that are no point on P-256",
        ),
        (
            cli("es256"),
            swapped,
            "has `x` and `y` that are no point on P-256",
        ),
        (
            cli("es256"),
            json!({ "x": zeros(32), "y": zeros(32) }),
            "has `x` and `y` that are no point on P-256",
        ),
        (cli("es256"), json!({ "x": null }), "has no `x`"),
        (cli("es256"), json!({ "y": null }), "has no `y`"),
        (
            cli("es256"),
            json!({ "x": zeros(33) }),
            "has a `x` of 33 bytes instead of 32",
        ),
        (
            cli("es256"),
            json!({ "d": zeros(33) }),
            "has a `d` of 33 bytes instead of 32",
        ),
        (cli("es256"), json!({ "d": "" }), "has a `d` of 0 bytes"),
        (cli("es256"), json!({ "d": padded }), &no_text("d")),
        (cli("es256"), json!({ "y": "+/+/" }), &no_text("y")),
        (
            ed25519(),
            json!({ "x": cli("es256")["x"] }),
            "has a `d` that does not belong to its `x`",
        ),
        (
            ed25519(),
            json!({ "d": zeros(31) }),
            "has a `d` of 31 bytes instead of 32",
        ),
        (
            ed25519(),
            json!({ "x": zeros(33) }),
            "has a `x` of 33 bytes instead of 32",
        ),
        (
            octets(),
            json!({ "k": zeros(31) }),
            "has a `k` of 31 bytes, fewer than 32",
        ),
        (octets(), json!({ "k": "" }), "has a `k` of 0 bytes"),
        (
            octets(),
            json!({ "k": zeros(1025) }),
            "has a `k` of 1025 bytes",
        ),
        (
            cli("rs256"),
            json!({ "n": &n[..168] }),
            "is an RSA key of 1008 bits, not 2048 to 8192",
        ),
        // As long as a key of 2048 bits, but the first bit is not set.
        (
            cli("rs256"),
            json!({ "n": format!("AQ{}", &n[2..]) }),
            "is an RSA key of 2041 bits, not 2048 to 8192",
        ),
        (cli("rs256"), json!({ "n": null }), "has no `n`"),
        (cli("rs256"), json!({ "e": null }), "has no `e`"),
        (cli("rs256"), json!({ "p": null }), "has no `p`"),
        (cli("rs256"), json!({ "q": null }), "has no `q`"),
        (cli("rs256"), json!({ "dp": null }), "has no `dp`"),
        (cli("rs256"), json!({ "dq": null }), "has no `dq`"),
        (cli("rs256"), json!({ "qi": null }), "has no `qi`"),
        (
            cli("rs256"),
            json!({ "oth": [] }),
            "is an RSA key of more than two primes",
        ),
        (cli("rs256"), json!({ "e": "AQ" }), rsa),
        (cli("rs256"), json!({ "e": "AA" }), rsa),
        (
            cli("rs256"),
            json!({ "e": "AQ", "d": "AQ", "dp": "AQ", "dq": "AQ" }),
            rsa,
        ),
        (cli("rs256"), of("rs256_2x", &["n"]), rsa),
        (cli("rs256"), of("rs256_2x", &["d"]), rsa),
        (cli("rs256"), of("rs256_2x", &["p", "q"]), rsa),
        (cli("rs256"), of("rs256_2x", &["dp"]), rsa),
        (cli("rs256"), of("rs256_2x", &["qi"]), rsa),
    ] {
        assert_eq!(jwk(&with(key, &members)), expected, "{members}");
    }
}

#[test]
fn a_text_that_is_no_jwk_is_refused_by_its_place() {
    let es256 = cli("es256").to_string();
    let cut = &es256[..es256.len() - 1];
    let twice = es256.replace("\"kty\"", "\"d\":\"x\",\"kty\"");
    let escaped = es256.replace("\"d\":\"", "\"d\":\"\\u0041");
    let member = "has a member of the wrong type, with an escape, or set twice (line 1, column ";
    let json = "is not valid JSON (line ";
    for (text, expected) in [
        ("", json),
        (" \n", "is not valid JSON (line 2, column 0)"),
        ("no key", "is not valid JSON (line 1, column 2)"),
        (SECRET, json),
        (cut, json),
        (&format!("[{es256}"), json),
        (&format!("{es256}{es256}"), json),
        (&"[".repeat(100_000), json),
        ("7", member),
        ("\"d\"", member),
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
        ("{}", "has no `kty`, so it is no JWK"),
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
            let misplaced = with(key.clone(), &json!({ member: key["d"], "x": "!" }));
            let found = jwk(&misplaced);
            assert!(!found.is_empty(), "{member}");
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
    // One key alone needs no number.
    assert_eq!(jwk(&json!({ "keys": [public] })), "has no private part");
}

#[test]
fn a_pem_that_is_no_private_key_of_a_known_kind_is_refused() {
    let other = "is no EC key on P-256, no RSA and no Ed25519 key, or is damaged";
    let ec = "is no EC key on P-256, or is damaged";
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
            "is no RSA key, or is damaged",
        ),
        (
            openssl("RSA PKCS#1").replace("RSA PRIVATE", "EC PRIVATE"),
            ec,
        ),
        (damage("EC PKCS#8", 100), other),
        (damage("RSA PKCS#8", 600), other),
        (damage("RSA PKCS#1", 600), "is no RSA key, or is damaged"),
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
