//! Keys that can sign, and the public JWKs that they publish.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use scoped_runtime::{Algorithm, ScopedClients, SigningKey};
use serde_json::{Map, Value, json};

use crate::key::support::{
    KID, PRIVATE, cli, ed25519, jwk, octets, openssl, private_parts, project, token, with,
};
use crate::support::{ALICE, SECRET};

/// Verifies the token with only this JWK and returns its claims.
fn verified(token: &str, jwk: &Value) -> (Header, Map<String, Value>) {
    let jwk: Jwk = serde_json::from_value(jwk.clone()).expect("a JWK");
    let header = decode_header(token).expect("a header");
    let mut rules = Validation::new(header.alg);
    rules.set_audience(&["authenticated"]);
    rules.validate_exp = false;
    let key = DecodingKey::from_jwk(&jwk).expect("a public key");
    let token = decode(token, &key, &rules).expect("a valid signature");
    (header, token.claims)
}

/// Every asymmetric key among the fixtures.
fn asymmetric() -> Vec<(String, SigningKey, Algorithm)> {
    let mut keys = Vec::new();
    for name in ["es256", "es256_short_x", "es256_short_y", "es256_short_d"] {
        keys.push((name.to_owned(), jwk(&cli(name)), Algorithm::Es256));
    }
    for name in ["rs256", "rs256_2x"] {
        keys.push((name.to_owned(), jwk(&cli(name)), Algorithm::Rs256));
    }
    let without_x = with(ed25519(), &json!({ "x": null }));
    keys.push(("Ed25519".into(), jwk(&ed25519()), Algorithm::EdDsa));
    keys.push(("Ed25519, no x".into(), jwk(&without_x), Algorithm::EdDsa));
    for (name, algorithm) in [
        ("EC PKCS#8", Algorithm::Es256),
        ("EC SEC1", Algorithm::Es256),
        ("RSA PKCS#8", Algorithm::Rs256),
        ("RSA PKCS#1", Algorithm::Rs256),
        ("Ed25519 PKCS#8", Algorithm::EdDsa),
    ] {
        let key = SigningKey::from_pem(&openssl(name), KID).expect(name);
        keys.push((name.to_owned(), key, algorithm));
    }
    keys
}

#[test]
fn every_key_signs_tokens_that_its_public_jwk_verifies() {
    for (name, key, algorithm) in asymmetric() {
        assert_eq!(key.algorithm(), algorithm, "{name}");
        let public = key.public_jwk().expect(&name);
        let (header, claims) = verified(&token(project(key.clone())), &public);
        let expected = json!({ "alg": algorithm.name(), "typ": "JWT", "kid": key.key_id() });
        assert_eq!(serde_json::to_value(header).unwrap(), expected, "{name}");
        assert_eq!(claims["sub"], ALICE, "{name}");
    }
}

#[test]
fn the_fixtures_with_short_coordinates_are_short() {
    for member in ["x", "y", "d"] {
        let key = cli(&format!("es256_short_{member}"));
        assert!(key[member].as_str().unwrap().len() < 43, "{key}");
    }
}

#[test]
fn a_public_jwk_has_the_public_members_and_no_private_one() {
    for (name, key, algorithm) in asymmetric() {
        let public = key.public_jwk().unwrap();
        let members: Vec<_> = public.as_object().unwrap().keys().map(|k| &**k).collect();
        let expected = match algorithm {
            Algorithm::Es256 => "alg crv key_ops kid kty use x y",
            Algorithm::Rs256 => "alg e key_ops kid kty n use",
            _ => "alg crv key_ops kid kty use x",
        };
        assert_eq!(members.join(" "), expected, "{name}");
        assert_eq!(public["kid"], key.key_id().unwrap());
        assert_eq!(public["use"], "sig");
        assert_eq!(public["key_ops"], json!(["verify"]));
        for coordinate in [&public["x"], &public["y"]] {
            assert!(coordinate.as_str().is_none_or(|text| text.len() == 43));
        }
        assert_eq!(key.public_jwks(), json!({ "keys": [public] }));
    }
    // The public JWK differs from the one of the CLI only in the purpose and the private members.
    for name in ["es256", "rs256"] {
        let mut expected = cli(name);
        let object = expected.as_object_mut().unwrap();
        object.retain(|member, _| member != "ext" && !PRIVATE.contains(&&**member));
        object.insert("key_ops".to_owned(), json!(["verify"]));
        assert_eq!(jwk(&cli(name)).public_jwk(), Some(expected));
    }
}

#[test]
fn leading_zeros_of_an_rsa_number_are_ignored() {
    let n = cli("rs256")["n"].as_str().unwrap().to_owned();
    let members = json!({ "n": format!("AAAA{n}"), "e": "AAABAAE" });
    let public = jwk(&with(cli("rs256"), &members)).public_jwk().unwrap();
    assert_eq!((&public["n"], &public["e"]), (&json!(n), &json!("AQAB")));
}

#[test]
fn a_shared_secret_has_the_key_id_that_it_was_given() {
    let with_kid = with(
        octets(),
        &json!({ "kid": KID, "alg": "HS256", "use": "sig" }),
    );
    let secret = || SigningKey::hs256_with_kid(SECRET, KID).unwrap();
    for (key, kid) in [
        (jwk(&octets()), None),
        (jwk(&with_kid), Some(KID)),
        (secret(), Some(KID)),
    ] {
        assert_eq!(key.key_id(), kid);
        assert_eq!(key.algorithm(), Algorithm::Hs256);
        assert_eq!(key.public_jwk(), None);
        assert_eq!(key.public_jwks(), json!({ "keys": [] }));
        assert_eq!(
            decode_header(token(project(key))).unwrap().kid.as_deref(),
            kid
        );
    }
    // The key is the decoded `k` of the JWK, or the bytes of the secret.
    verified(&token(project(jwk(&octets()))), &octets());
    crate::support::verified(&token(project(secret())));
}

#[test]
fn the_first_usable_private_key_of_a_set_signs() {
    let (es256, rs256, ed25519) = (cli("es256"), cli("rs256"), ed25519());
    let public = with(es256.clone(), &json!({ "d": null }));
    let encrypts = with(es256.clone(), &json!({ "use": "enc" }));
    let escaped = es256
        .to_string()
        .replace("\"kid\":\"", "\"kid\":\"\\u0041\\/");
    let escaped_kid = format!("A/{}", es256["kid"].as_str().unwrap());
    let kid = |key: &Value| key["kid"].as_str().unwrap().to_owned();
    for (json, expected) in [
        (json!([es256, rs256]).to_string(), kid(&es256)),
        (json!({ "keys": [rs256, es256] }).to_string(), kid(&rs256)),
        (json!([public, encrypts, rs256]).to_string(), kid(&rs256)),
        (
            json!([7, { "kty": 5 }, {}, ed25519]).to_string(),
            KID.into(),
        ),
        (
            json!({ "keys": null, "kty": "OKP", "crv": "Ed25519", "kid": "a", "d": ed25519["d"] })
                .to_string(),
            "a".into(),
        ),
        (format!("\u{feff} \n\t{es256:#}\r\n"), kid(&es256)),
        (format!("\n[ {rs256:#} ]\n"), kid(&rs256)),
        (escaped, escaped_kid),
    ] {
        let key = SigningKey::from_jwk(&json).expect(&json);
        assert_eq!(key.key_id(), Some(&*expected), "{json}");
    }
}

#[test]
fn debug_of_a_key_shows_its_algorithm_and_nothing_private() {
    for jwk in [cli("es256"), cli("rs256"), ed25519(), octets()] {
        let key = crate::key::support::jwk(&jwk);
        let config = project(key.clone());
        let builder = format!("{config:?}");
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        let client = clients.get(ALICE).unwrap();
        let shown = format!("{key:?} {builder} {clients:?} {client:?}");
        let parts = private_parts(&jwk.to_string());
        assert!(!parts.is_empty());
        for part in parts {
            assert!(!shown.contains(&part), "{shown}");
        }
        let kind = format!("SigningKey {{ algorithm: {:?}, key_id: ", key.algorithm());
        assert!(shown.starts_with(&kind), "{shown}");
    }
}
