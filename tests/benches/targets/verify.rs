//! Verifying a caller's token against the cryptographic operation alone.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use scoped_runtime::{NoClaims, ScopedClients, SigningKey, TokenVerifier, Verification};

use crate::measure::{Bench, SHORT, Side, calls};
use crate::mint::{es256, signing_input};
use crate::project::{FastClock, SECRET, URL, client, clients, config, hs256};
use crate::table::{Row, at_most, time};

/// Tokens that are remembered take turns with so many others that none of them is.
const TOO_MANY: usize = 4000;

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let (jwk, key) = es256();
    vec![
        row(bench, "ES256", 1.3, key, &|input, signature| {
            let decode = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().expect("text"));
            let point = [vec![4], decode("x").expect("x"), decode("y").expect("y")].concat();
            let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("a key");
            calls(move || key.verify_sig(&input, &signature).expect("verified"))
        }),
        row(bench, "HS256", 30.0, hs256(), &|input, signature| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
            calls(move || hmac::verify(&key, &input, &signature).expect("verified"))
        }),
    ]
}

fn row(
    bench: &mut Bench,
    algorithm: &str,
    target: f64,
    key: SigningKey,
    raw: &dyn Fn(Vec<u8>, Vec<u8>) -> Side<'static>,
) -> Row {
    let verification = Verification::new();
    let verification = match algorithm {
        "HS256" => verification,
        _ => verification.jwks(key.public_jwks().to_string()),
    };
    let clock = FastClock::new();
    let config = config(URL, key).clock(clock).verification(verification);
    let clients = clients(config.shared_sessions(0));
    let tokens: Vec<String> = (0..TOO_MANY).map(|_| token(&clients)).collect();
    let input = signing_input(&tokens[0]).into_bytes();
    let (_, signature) = tokens[0].rsplit_once('.').expect("a JWT");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let verifier = clients.verifier();
    let mut next = tokens.iter().cycle();
    let measured = bench.measure(
        &format!("verify {algorithm}"),
        SHORT,
        vec![
            calls(|| verified(verifier, next.next().expect("a token"))),
            raw(input, signature),
            calls(|| verified(verifier, &tokens[0])),
        ],
    );
    at_most(
        format!("verify a caller's {algorithm} token for the first time, to the signature alone"),
        measured.ratio(0, 1),
        target,
        format!(
            "{} to {}; {} from the second time on",
            time(measured.fastest(0)),
            time(measured.fastest(1)),
            time(measured.fastest(2)),
        ),
    )
}

fn token(clients: &ScopedClients) -> String {
    let token = client(clients).token().expect("a token");
    token.expose_secret().to_owned()
}

/// With keys at hand there is nothing to wait for.
fn verified(verifier: &TokenVerifier, token: &str) {
    let caller = verifier.verify::<NoClaims>(token).now_or_never();
    caller.expect("no waiting").expect("a caller");
}
