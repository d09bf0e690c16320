//! What may sign, where keys come from, and what others are told of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use scoped_runtime::{Algorithm, Config, ConfigBuilder, ScopedClients, SigningKey};
use serde_json::{Map, Value, json};

use crate::support::{ALICE, KEY, SECRET, config};

const URL: &str = "https://project.test";
const ISSUER: &str = "https://project.test/auth/v1";
pub(crate) const KID: &str = "0b1c8d2e-7f3a-4c59-9d61-2a4e5b6c7d8f";
/// What stands in a JWK that only its owner may know.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// A private key that the Supabase CLI made.
pub(crate) fn cli(name: &str) -> Value {
    fixture(include_str!("../../golden/keys/supabase-cli.json"), name)
}

/// A PEM that OpenSSL made.
pub(crate) fn openssl(name: &str) -> String {
    let entry = fixture(include_str!("../../golden/keys/openssl.json"), name);
    entry["pem"].as_str().expect("a PEM").to_owned()
}

fn fixture(file: &str, name: &str) -> Value {
    let file: Value = serde_json::from_str(file).expect("JSON");
    let entry = file["keys"][name].clone();
    assert!(entry.is_object(), "no key `{name}`");
    entry
}

/// The example of RFC 8037, appendix A.1, with a `kid`.
pub(crate) fn ed25519() -> Value {
    json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": KID,
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    })
}

/// The example of RFC 7515, appendix A.1: 64 bytes that are no text.
pub(crate) fn octets() -> Value {
    json!({
        "kty": "oct",
        "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    })
}

/// The key with other members; a null takes one away.
pub(crate) fn with(mut key: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().expect("an object") {
        key[name] = value.clone();
    }
    let object = key.as_object_mut().expect("an object");
    object.retain(|_, value| !value.is_null());
    key
}

/// The texts in a JWK, or the lines of a PEM, that may be shown to nobody.
pub(crate) fn private_parts(key: &str) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        if let Value::Array(values) = value {
            values.iter().for_each(|value| collect(value, found));
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            match value {
                Value::String(text) if PRIVATE.contains(&&**name) => found.push(text.clone()),
                value => collect(value, found),
            }
        }
    }
    let mut found = Vec::new();
    match serde_json::from_str(key) {
        Ok(value) => collect(&value, &mut found),
        Err(_) => found.extend(key.lines().map(str::to_owned)),
    }
    found.retain(|text| text.len() >= 12 && !text.starts_with("-----"));
    found
}

fn jwk(key: &Value) -> SigningKey {
    SigningKey::from_jwk(&key.to_string()).expect("a usable key")
}

/// A project of this key and nothing else.
fn project(key: SigningKey) -> ConfigBuilder {
    let builder = Config::builder().environment(|_| None);
    builder.url(URL).api_key(KEY).signing_key(key)
}

fn token(config: ConfigBuilder) -> String {
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let token = clients.get(ALICE).unwrap().token().unwrap();
    token.expose_secret().to_owned()
}

/// What the token says, verified with nothing but this JWK.
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

/// Every asymmetric key that there is a fixture of.
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
fn the_short_fixtures_are_short() {
    for member in ["x", "y", "d"] {
        let key = cli(&format!("es256_short_{member}"));
        assert!(key[member].as_str().unwrap().len() < 43, "{key}");
    }
}

#[test]
fn a_public_jwk_has_what_others_need_and_nothing_private() {
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
    // Nothing but the purpose and the private parts differs from what the CLI wrote.
    for name in ["es256", "rs256"] {
        let mut expected = cli(name);
        let object = expected.as_object_mut().unwrap();
        object.retain(|member, _| member != "ext" && !PRIVATE.contains(&&**member));
        object.insert("key_ops".to_owned(), json!(["verify"]));
        assert_eq!(jwk(&cli(name)).public_jwk(), Some(expected));
    }
}

#[test]
fn zeros_in_front_of_an_rsa_number_do_not_count() {
    let n = cli("rs256")["n"].as_str().unwrap().to_owned();
    let members = json!({ "n": format!("AAAA{n}"), "e": "AAABAAE" });
    let public = jwk(&with(cli("rs256"), &members)).public_jwk().unwrap();
    assert_eq!((&public["n"], &public["e"]), (&json!(n), &json!("AQAB")));
}

#[test]
fn a_shared_secret_has_a_key_id_where_the_project_gave_it_one() {
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
    // The key is the decoded `k`, and the secret's own bytes.
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
fn a_key_shows_its_kind_and_nothing_private() {
    for key in [cli("es256"), cli("rs256"), ed25519(), octets()] {
        let config = project(jwk(&key));
        let mut shown = format!("{:?} {config:?}", jwk(&key));
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        shown += &format!("{clients:?} {:?}", clients.get(ALICE).unwrap());
        let parts = private_parts(&key.to_string());
        assert!(!parts.is_empty());
        for part in parts {
            assert!(!shown.contains(&part), "{shown}");
        }
        let algorithm = jwk(&key).algorithm();
        let kind = format!("SigningKey {{ algorithm: {algorithm:?}, key_id: ");
        assert!(shown.starts_with(&kind), "{shown}");
    }
}

/// A project whose key comes from these variables.
fn reading(variables: &[(&'static str, &str)]) -> ConfigBuilder {
    let own = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
    let variables: HashMap<&str, String> = variables.iter().map(own).collect();
    let builder = Config::builder().environment(move |name| variables.get(name).cloned());
    builder.url(URL).api_key(KEY)
}

/// A file alone in its folder.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

const SIGNING_KEY: &str = "SUPABASE_SIGNING_KEY";
const JWT_SECRET: &str = "SUPABASE_JWT_SECRET";

#[test]
fn the_environment_has_a_key_as_json_or_as_a_path() {
    let (one, set) = (cli("es256").to_string(), json!([cli("rs256")]).to_string());
    let path = file("signing_keys.json", &set);
    let path = path.to_str().unwrap();
    let dotenv = file("key.env", &format!("{SIGNING_KEY}={path}\n"));
    let explicit = || SigningKey::from_pem(&openssl("EC SEC1"), KID).unwrap();
    let kid = |name: &str| cli(name)["kid"].as_str().map(str::to_owned);
    for (name, builder, expected) in [
        ("JSON", reading(&[(SIGNING_KEY, &one)]), kid("es256")),
        (
            "a set",
            reading(&[(SIGNING_KEY, &format!(" {set}\n"))]),
            kid("rs256"),
        ),
        ("a path", reading(&[(SIGNING_KEY, path)]), kid("rs256")),
        (
            "a path with blanks",
            reading(&[(SIGNING_KEY, &format!(" {path}\n"))]),
            kid("rs256"),
        ),
        (".env", reading(&[]).dotenv(dotenv), kid("rs256")),
        (
            "beside a blank",
            reading(&[(SIGNING_KEY, &one), (JWT_SECRET, " ")]),
            kid("es256"),
        ),
        (
            "a blank",
            reading(&[(SIGNING_KEY, ""), (JWT_SECRET, SECRET)]),
            None,
        ),
        (
            "set in code",
            reading(&[(SIGNING_KEY, "bad"), (JWT_SECRET, "bad")]).signing_key(explicit()),
            Some(KID.to_owned()),
        ),
        (
            "a secret in code",
            reading(&[(SIGNING_KEY, &one), (JWT_SECRET, "bad")]).jwt_secret(SECRET),
            None,
        ),
    ] {
        let header = decode_header(token(builder)).unwrap();
        assert_eq!(header.kid, expected, "{name}");
    }
}

#[test]
fn a_key_that_the_environment_cannot_give_is_refused_without_being_shown() {
    let hint = "set `SUPABASE_SIGNING_KEY` to the JSON that `supabase gen signing-key` writes, \
                or to the path of a file with it";
    let unknown = format!("is neither JSON nor the path of a file; {hint}");
    let unreadable =
        |path: &str, why| format!("is in `{path}`, which cannot be read ({why}); {hint}");
    let pem = openssl("EC PKCS#8");
    let file_with_pem = file("key.pem", &pem);
    let no_file = file_with_pem.with_file_name("nothing-here");
    let no_file = no_file.to_str().unwrap();
    let is_pem = "is PEM, not JSON; use `SigningKey::from_pem`".to_owned();
    let both = "is set beside `jwt_secret`; drop `SUPABASE_JWT_SECRET`: signing keys are what \
                projects use today, and a revoked legacy secret signs nothing";
    let blank = "is blank; set `SUPABASE_SIGNING_KEY` or call `.signing_key(..)`";
    let not_found = "entity not found";
    for (value, secret, expected) in [
        (
            "no/such/keys.json",
            None,
            unreadable("no/such/keys.json", not_found),
        ),
        (no_file, None, unreadable(no_file, not_found)),
        // A secret that landed here. It may have slashes, and even begin with one.
        (SECRET, None, unknown.clone()),
        (
            "kqV3/z+0sYh1Zz8h2m3Vw0/N1xvQp6T4bJ7c9dKfE2g=",
            None,
            unknown.clone(),
        ),
        (
            "/kqV3z+0sYh1Zz8h2m3Vw0N1xvQp6T4bJ7c9dKfE2gA=",
            None,
            unknown,
        ),
        (&pem, None, is_pem.clone()),
        (file_with_pem.to_str().unwrap(), None, is_pem),
        ("{}", Some(SECRET), both.to_owned()),
        ("", None, blank.to_owned()),
    ] {
        let mut variables = vec![(SIGNING_KEY, value)];
        variables.extend(secret.map(|secret| (JWT_SECRET, secret)));
        let error = reading(&variables).build().expect_err(value);
        let [problem] = error.problems() else {
            panic!("{error}");
        };
        assert_eq!(problem.to_string(), format!("`signing_key` {expected}"));
    }
}

#[test]
fn a_bad_key_is_reported_with_everything_else() {
    let builder = reading(&[(SIGNING_KEY, "{}")])
        .url("nowhere")
        .issuer("nobody");
    let error = builder.build().unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|one| one.field()).collect();
    assert_eq!(fields, ["url", "signing_key", "issuer"]);
}

#[test]
fn a_third_party_issuer_stands_in_every_token_as_it_was_written() {
    let key = || jwk(&cli("es256"));
    for (builder, expected) in [
        (project(key()), ISSUER),
        (
            project(key()).issuer("https://issuer.test"),
            "https://issuer.test",
        ),
        (
            project(key()).issuer("https://Issuer.test:443/A/../b/"),
            "https://Issuer.test:443/A/../b/",
        ),
        (
            config(URL).issuer("http://127.0.0.1:9999/auth/v1"),
            "http://127.0.0.1:9999/auth/v1",
        ),
    ] {
        let config = builder.build().unwrap();
        assert_eq!(config.issuer(), expected);
        let client = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
        assert_eq!(client.token().unwrap().claims()["iss"], expected);
    }
}

#[test]
fn an_issuer_that_verifiers_would_not_match_is_refused() {
    let hint = "give it as the project knows it, such as `https://issuer.example.com`";
    let (text, scheme) = (
        "has blanks, control or non-ASCII characters",
        "is not an http or https URL",
    );
    let (user, query, fragment) = (
        "has a user name or password",
        "has a query",
        "has a fragment",
    );
    for (issuer, expected) in [
        ("", &[scheme][..]),
        ("issuer.test", &[scheme]),
        ("https:issuer.test", &[scheme]),
        ("https:\\\\issuer.test", &[scheme]),
        ("ftp://issuer.test", &[scheme]),
        ("https://", &[scheme]),
        (" https://issuer.test", &[text]),
        ("https://issuer.test\n", &[text]),
        ("https://ïssuer.test", &[text]),
        ("https://issuer.test?", &[query]),
        ("https://issuer.test/#", &[fragment]),
        ("https://a:hush@issuer.test/?b#c", &[user, query, fragment]),
    ] {
        let error = config(URL).issuer(issuer).build().expect_err(issuer);
        let found: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|reason| format!("`issuer` {reason}; {hint}"))
            .collect();
        assert_eq!(found, expected, "{issuer}");
    }
}
