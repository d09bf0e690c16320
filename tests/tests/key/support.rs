//! Keys for tests, and projects that sign with them.

use scoped_runtime::{Config, ConfigBuilder, ConfigurationError, ScopedClients, SigningKey};
use serde_json::{Value, json};

use crate::support::{ALICE, KEY};

pub(crate) const KID: &str = "0b1c8d2e-7f3a-4c59-9d61-2a4e5b6c7d8f";
/// The private members of a JWK.
pub(crate) const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

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

/// Returns the key with replaced members; null removes a member.
pub(crate) fn with(mut key: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().expect("an object") {
        key[name] = value.clone();
    }
    let object = key.as_object_mut().expect("an object");
    object.retain(|_, value| !value.is_null());
    key
}

/// The texts of a JWK, or the lines of a PEM, that no error may show.
pub(crate) fn private_parts(key: &str) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        if let Value::Array(values) = value {
            for value in values {
                collect(value, found);
            }
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

pub(crate) fn jwk(key: &Value) -> SigningKey {
    SigningKey::from_jwk(&key.to_string()).expect("a usable key")
}

/// A project that has only this key.
pub(crate) fn project(key: SigningKey) -> ConfigBuilder {
    let builder = Config::builder().environment(|_| None);
    builder
        .url("https://project.test")
        .api_key(KEY)
        .signing_key(key)
}

pub(crate) fn token(config: ConfigBuilder) -> String {
    let clients = ScopedClients::new(config.build().expect("a configuration")).expect("a project");
    let token = clients.get(ALICE).expect("a client").token();
    token.expect("a token").expose_secret().to_owned()
}

/// Returns the reason of the refusal, after a search of the error for what it must not show.
pub(crate) fn reason(key: &str, result: Result<SigningKey, ConfigurationError>) -> String {
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
