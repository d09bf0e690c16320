//! Tokens that must be refused. Each differs from a valid token only in what its name says.

mod headers;
mod identities;
mod shapes;
mod times;

use scoped_runtime::{CallerError, ScopedClients, VerifierOptions};
use scoped_tests::ManualClock;
use serde_json::json;

use crate::verify::support::{
    ALICE, Issuer, KID, SECRET, START, builder, claims, encode, hmac_token, own_key, set, trusting,
    verify,
};

type Attack = (&'static str, String);

#[tokio::test]
async fn every_forged_token_is_refused() {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    let good = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &good).await.unwrap();
    assert_eq!(caller.user_id().as_str(), ALICE);

    let mut attacks = shapes::all(&issuer, &good);
    attacks.extend(headers::all(&issuer));
    attacks.extend(signatures(&issuer, &good));
    attacks.extend(times::all(&issuer));
    attacks.extend(identities::all(&issuer));
    assert!(attacks.len() >= 80, "{} attacks", attacks.len());
    for (name, token) in &attacks {
        let outcome = verify(clients.verifier(), token).await;
        let error = outcome.expect_err(name);
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains(token.as_str()) || token.is_empty(),
            "{name}: {shown}"
        );
        assert!(!shown.contains(ALICE), "{name}: {shown}");
    }
}

/// Tokens with a valid header and claims but without a valid signature of the key.
fn signatures(issuer: &Issuer, good: &str) -> Vec<Attack> {
    let (input, signature) = good.rsplit_once('.').unwrap();
    let of = |bytes: &[u8]| format!("{input}.{}", encode(bytes));
    let stranger = Issuer::new(KID);
    let body = claims(&json!({}));
    let confused = |secret: &[u8]| {
        let header = json!({ "alg": "HS256", "kid": KID, "typ": "JWT" });
        hmac_token(secret, &header, &body)
    };
    let public = issuer.jwk();
    let order = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
        0x25, 0x51,
    ];
    let bob = encode(claims(&json!({ "sub": "00000000-0000-4000-8000-00000000000b" })).to_string());
    let header = input.split('.').next().unwrap();
    vec![
        ("another key's signature", stranger.token(&body)),
        ("zeros (CVE-2022-21449)", of(&[0; 64])),
        ("ones", of(&[1; 64])),
        ("the order of the curve", of(&[order, order].concat())),
        ("half a signature", of(&[7; 32])),
        ("a signature with a byte behind", of(&[7; 65])),
        (
            "a signature in DER",
            of(&[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]),
        ),
        (
            "another user's payload under Alice's signature",
            format!("{header}.{bob}.{signature}"),
        ),
        (
            "an HMAC with the public JWK",
            confused(public.to_string().as_bytes()),
        ),
        (
            "an HMAC with `x`",
            confused(public["x"].as_str().unwrap().as_bytes()),
        ),
        ("an HMAC with the `kid`", confused(KID.as_bytes())),
        ("an HMAC with nothing", confused(b"")),
        (
            "an HMAC with an unknown secret",
            confused(SECRET.as_bytes()),
        ),
        (
            "an HMAC with the API key",
            confused(crate::verify::support::KEY.as_bytes()),
        ),
    ]
}

#[tokio::test]
async fn with_a_secret_configured_a_token_hmac_signed_with_the_public_key_is_refused() {
    let issuer = Issuer::new(KID);
    let clock = ManualClock::at(START);
    let verification = VerifierOptions::new().jwks(set(&[&issuer])).hs256(SECRET);
    let config = builder(&clock)
        .signing_key(own_key())
        .verifier_options(verification);
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let body = claims(&json!({}));
    let header = json!({ "alg": "HS256", "kid": KID });

    let by_secret = hmac_token(SECRET.as_bytes(), &header, &body);
    verify(clients.verifier(), &by_secret).await.unwrap();
    verify(clients.verifier(), &issuer.token(&body))
        .await
        .unwrap();

    let public = issuer.jwk().to_string();
    let confused = hmac_token(public.as_bytes(), &header, &body);
    let error = verify(clients.verifier(), &confused).await.unwrap_err();
    assert!(matches!(error, CallerError::Signature), "{error}");
    // A MAC with the secret, in a token whose header names the other algorithm.
    let header = json!({ "alg": "ES256", "kid": KID });
    let renamed = hmac_token(SECRET.as_bytes(), &header, &body);
    let error = verify(clients.verifier(), &renamed).await.unwrap_err();
    assert!(matches!(error, CallerError::Signature), "{error}");
}
