//! Keys of every type, with the keys that other libraries verify their tokens with.

use scoped_runtime::SigningKey;
use serde_json::{Value, json};

use crate::random::Random;

/// The example of RFC 8037, appendix A.1.
const ED25519: (&str, &str) = (
    "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
);
/// The example of RFC 7515, appendix A.1: 64 bytes that are no text.
const OCTETS: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
/// A secret of 42 bytes, and the same bytes as base64url.
const SECRET: (&str, &str) = (
    "a-jwt-secret-that-is-long-enough-for-hs256",
    "YS1qd3Qtc2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtZm9yLWhzMjU2",
);
/// 37 bytes of UTF-8, and the same bytes as base64url.
const UNICODE_SECRET: (&str, &str) = (
    "ключ 🔑 ключ 🔑 ключ!",
    "0LrQu9GO0Ycg8J-UkSDQutC70Y7RhyDwn5SRINC60LvRjtGHIQ",
);

pub(crate) struct Signing {
    pub(crate) name: String,
    pub(crate) key: SigningKey,
    /// The key that verifies its tokens: its public half, or the shared secret.
    pub(crate) jwk: Value,
    /// The header of its tokens.
    pub(crate) header: Value,
}

/// Returns the keys of each algorithm, all different from each other.
pub(crate) type Group = (&'static str, Vec<Signing>);

pub(crate) fn all(random: &Random) -> [Group; 5] {
    let cli = |name| {
        let jwk = fixture(include_str!("../../golden/keys/supabase-cli.json"), name);
        let key = SigningKey::from_jwk(&jwk.to_string()).expect(name);
        public(name, key, jwk["kid"].as_str().expect("a kid"))
    };
    let openssl = |name| {
        let entry = fixture(include_str!("../../golden/keys/openssl.json"), name);
        let kid = random.name();
        let key = SigningKey::from_pem(entry["pem"].as_str().expect("a PEM"), &kid);
        public(name, key.expect(name), &kid)
    };
    let (d, x) = ED25519;
    let okp = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "rfc8037", "d": d, "x": x });
    let okp = SigningKey::from_jwk(&okp.to_string()).expect("Ed25519");
    let es256 = vec![
        cli("es256"),
        cli("es256_short_x"),
        cli("es256_short_y"),
        cli("es256_short_d"),
        openssl("EC PKCS#8"),
        openssl("EC SEC1"),
    ];
    let rs256 = vec![
        cli("rs256"),
        cli("rs256_2x"),
        openssl("RSA PKCS#8"),
        openssl("RSA PKCS#1"),
    ];
    let eddsa = vec![public("Ed25519", okp, "rfc8037"), openssl("Ed25519 PKCS#8")];
    let hs256 = vec![text(SECRET, None), text(UNICODE_SECRET, None), octets(None)];
    let (one, two, three) = (random.name(), random.name(), random.name());
    let with_kid = vec![
        text(SECRET, Some(&one)),
        text(UNICODE_SECRET, Some(&two)),
        octets(Some(&three)),
    ];
    [
        ("ES256", es256),
        ("RS256", rs256),
        ("EdDSA", eddsa),
        ("HS256", hs256),
        ("HS256 with kid", with_kid),
    ]
}

fn fixture(file: &str, name: &str) -> Value {
    let mut file: Value = serde_json::from_str(file).expect("JSON");
    file["keys"][name].take()
}

fn public(name: &str, key: SigningKey, kid: &str) -> Signing {
    let jwk = key.public_jwk().expect("a public half");
    let header = json!({ "alg": key.algorithm().name(), "typ": "JWT", "kid": kid });
    Signing {
        name: name.to_owned(),
        key,
        jwk,
        header,
    }
}

fn text((secret, k): (&str, &str), kid: Option<&str>) -> Signing {
    let key = match kid {
        Some(kid) => SigningKey::hs256_with_kid(secret, kid),
        None => SigningKey::hs256(secret),
    };
    shared(secret, key.expect("long enough"), k, kid)
}

fn octets(kid: Option<&str>) -> Signing {
    let mut jwk = json!({ "kty": "oct", "k": OCTETS });
    if let Some(kid) = kid {
        jwk["kid"] = kid.into();
    }
    let key = SigningKey::from_jwk(&jwk.to_string()).expect("long enough");
    shared("octets", key, OCTETS, kid)
}

fn shared(name: &str, key: SigningKey, k: &str, kid: Option<&str>) -> Signing {
    let mut header = json!({ "alg": "HS256", "typ": "JWT" });
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let jwk = json!({ "kty": "oct", "alg": "HS256", "k": k });
    Signing {
        name: name.to_owned(),
        key,
        jwk,
        header,
    }
}
