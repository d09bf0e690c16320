//! An issuer with a key, and projects that trust it.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_runtime::{
    CallerError, Config, ConfigBuilder, NoClaims, ScopedClients, SigningKey, TokenVerifier,
    VerifiedToken, VerifierOptions,
};
use scoped_tests::ManualClock;
pub(crate) use scoped_tests::{ALICE, BOB, KEY, SECRET, START};
use serde_json::{Value, json};

pub(crate) const KID: &str = "0b1c8d2e-7f3a-4c59-9d61-2a4e5b6c7d8f";
pub(crate) const URL: &str = "https://project.test";

/// An issuer that signs any header and claims with ES256.
pub(crate) struct Issuer {
    pair: EcdsaKeyPair,
    pub(crate) kid: String,
}

impl Issuer {
    pub(crate) fn new(kid: &str) -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            kid: kid.to_owned(),
        }
    }

    /// Returns the public key.
    pub(crate) fn jwk(&self) -> Value {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "use": "sig",
                "key_ops": ["verify"], "kid": self.kid })
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "ES256", "kid": self.kid, "typ": "JWT" })
    }

    /// Returns a token of this header and these claims, which are given as text.
    pub(crate) fn sign(&self, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.pair.sign(&SystemRandom::new(), input.as_bytes());
        format!("{input}.{}", encode(signature.unwrap().as_ref()))
    }

    /// Returns a token of these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign(&self.header().to_string(), &claims.to_string())
    }
}

/// Returns a token with an HMAC by this key.
pub(crate) fn hmac_token(secret: &[u8], header: &Value, claims: &Value) -> String {
    let input = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{input}.{}", encode(hmac::sign(&key, input.as_bytes())))
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn set(keys: &[&Issuer]) -> String {
    let keys: Vec<Value> = keys.iter().map(|issuer| issuer.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

/// Returns the claims that Auth writes for Alice, replaced or extended by these claims; null removes one.
pub(crate) fn claims(more: &Value) -> Value {
    let mut claims = json!({
        "sub": ALICE, "role": "authenticated", "aud": "authenticated",
        "iss": format!("{URL}/auth/v1"), "iat": START, "exp": START + 3600, "aal": "aal1",
        "session_id": "11111111-2222-4333-8444-555555555555", "email": "alice@example.com",
        "phone": "", "is_anonymous": false, "amr": [{ "method": "password", "timestamp": START }],
        "app_metadata": { "provider": "email" }, "user_metadata": {},
    });
    let object = claims.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        object.insert(name.clone(), value.clone());
    }
    object.retain(|_, value| !value.is_null());
    claims
}

/// A configuration of a project to which no request is sent.
pub(crate) fn builder(clock: &ManualClock) -> ConfigBuilder {
    Config::builder()
        .environment(|_| None)
        .url(URL)
        .api_key(KEY)
        .clock(clock.clone())
}

/// A project that trusts this issuer, with its clock.
pub(crate) fn trusting(issuer: &Issuer) -> (ScopedClients, ManualClock) {
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new().jwks(set(&[issuer]));
    let config = builder(&clock)
        .signing_key(own_key())
        .verifier_options(verification);
    (ScopedClients::new(config.build().unwrap()).unwrap(), clock)
}

/// The example of RFC 8037, appendix A.1, with a `kid`.
pub(crate) fn own_key() -> SigningKey {
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "kid": "5a2ff5fb-8f4c-4d2a-9f9c-3f0b7f3c8f10",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    SigningKey::from_jwk(&key.to_string()).unwrap()
}

pub(crate) async fn verify(
    verifier: &TokenVerifier,
    token: &str,
) -> Result<VerifiedToken, CallerError> {
    verifier.verify::<NoClaims>(token).await
}
