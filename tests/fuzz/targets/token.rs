//! Fuzzes text as a caller's token: as it is, and as header and claims that are signed with the project's
//! secret.
#![no_main]

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use scoped_runtime::{
    CallerError, Clock, Config, NoClaims, TokenVerifier, VerifierOptions, VerifiedToken,
};
use serde_json::Value;

const SECRET: &str = "a-jwt-secret-that-is-long-enough-for-hs256";
/// The time of the clock in seconds since 1970.
const NOW: u64 = 1_795_392_000;

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// The verifier has its keys from the configuration, so it never fetches any.
static VERIFIER: LazyLock<TokenVerifier> = LazyLock::new(|| {
    let keys = include_str!("../seeds/jwks/es256");
    let verifier = Config::builder()
        .environment(|_| None)
        .url("https://project.test")
        .clock(Still)
        .verifier_options(VerifierOptions::new().jwks(keys).hs256(SECRET))
        .verifier();
    verifier.expect("valid")
});

fuzz_target!(|text: &str| {
    if let Ok(caller) = verify(text) {
        panic!("a token without a valid signature was accepted: {caller:?}");
    }
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let (header, claims) = text.split_once('\n').unwrap_or((header, text));
    if let Ok(caller) = verify(&signed(header, claims)) {
        assert_means(&caller, claims);
    }
});

fn verify(token: &str) -> Result<VerifiedToken, CallerError> {
    let outcome =
        pin!(VERIFIER.verify::<NoClaims>(token)).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(outcome) = outcome else {
        panic!("the verifier has its keys and must not wait");
    };
    if let Err(error) = &outcome {
        scoped_fuzz::assert_repeats_nothing(token, &format!("{error} {error:?}"));
    }
    outcome
}

fn signed(header: &str, claims: &str) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let input = format!("{header}.{claims}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, input.as_bytes()));
    format!("{input}.{signature}")
}

/// Checks that the verified token has the values that any other reader finds in the claims.
fn assert_means(caller: &VerifiedToken, claims: &str) {
    let claims: Value = serde_json::from_str(claims).expect("JSON");
    assert_eq!(claims["iss"], "https://project.test/auth/v1");
    assert_eq!(claims["sub"], caller.user_id().as_str());
    assert_eq!(claims["role"], caller.role().as_str());
    let role = caller.role().as_str();
    assert!(
        !["anon", "service_role", "postgres", "none"].contains(&role),
        "{role}"
    );
    assert!(claims["exp"].as_u64().is_some_and(|exp| exp + 10 > NOW));
    assert!(claims["iat"].as_u64().is_some_and(|iat| iat <= NOW + 10));
    let is_anonymous = claims.get("is_anonymous").is_some_and(|it| *it == true);
    assert_eq!(is_anonymous, caller.is_anonymous());
}
