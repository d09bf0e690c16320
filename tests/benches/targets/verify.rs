//! Measures verifying a caller's token against the bare cryptographic operation.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use scoped_runtime::{NoClaims, ScopedClients, SigningKey, TokenVerifier, VerifierOptions};

use crate::measure::{Bench, SHORT, Side, calls};
use crate::mint::{es256, signing_input};
use crate::project::{FastClock, SECRET, URL, client, clients, config, hs256};
use crate::table::{Row, at_most, time};

/// The number of tokens, so large that the cache has dropped almost every token when its turn comes again.
const TOO_MANY: usize = 40_000;

/// The limit for a repeated token, which costs one hash.
const AGAIN: f64 = 2e-6;

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let (jwk, key) = es256();
    let mut rows = both(bench, "ES256", 1.5, key, &|signed| {
        let decode = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().expect("text"));
        let point = [vec![4], decode("x").expect("x"), decode("y").expect("y")].concat();
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("a key");
        in_turn(signed, move |input, signature| {
            key.verify_sig(input, signature).expect("verified");
        })
    });
    rows.extend(both(bench, "HS256", 15.0, hs256(), &|signed| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        in_turn(signed, move |input, signature| {
            hmac::verify(&key, input, signature).expect("verified");
        })
    }));
    rows
}

/// Signing inputs with their signatures. There are many, because the time of a verification depends on the
/// values.
type Signed = Vec<(Vec<u8>, Vec<u8>)>;

fn in_turn(signed: Signed, verify: impl Fn(&[u8], &[u8]) + 'static) -> Side<'static> {
    let mut next = 0;
    calls(move || {
        let (input, signature) = &signed[next % signed.len()];
        next += 1;
        verify(input, signature);
    })
}

/// Measures a token that the verifier sees for the first time, and one that it has cached.
fn both(
    bench: &mut Bench,
    algorithm: &str,
    target: f64,
    key: SigningKey,
    raw: &dyn Fn(Signed) -> Side<'static>,
) -> Vec<Row> {
    let verification = VerifierOptions::new();
    let verification = match algorithm {
        "HS256" => verification,
        _ => verification.jwks(key.public_jwks().to_string()),
    };
    let clock = FastClock::new();
    let config = config(URL, key).clock(clock).verifier_options(verification);
    let clients = clients(config.shared_sessions(0));
    let tokens: Vec<String> = (0..TOO_MANY).map(|_| token(&clients)).collect();
    let signed = tokens.iter().map(|token| {
        let (_, signature) = token.rsplit_once('.').expect("a JWT");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        (signing_input(token).into_bytes(), signature)
    });
    let signed = signed.collect();
    let verifier = clients.verifier();
    let mut next = tokens.iter().cycle();
    let measured = bench.measure(
        &format!("verify {algorithm}"),
        SHORT,
        vec![
            calls(|| verified(verifier, next.next().expect("a token"))),
            raw(signed),
            calls(|| verified(verifier, &tokens[0])),
        ],
    );
    let first = at_most(
        format!("verify a caller's {algorithm} token for the first time, to the signature alone"),
        measured.typical_ratio(0, 1),
        target,
        format!(
            "{} to {}",
            time(measured.typical(0)),
            time(measured.typical(1))
        ),
    );
    let again = measured.fastest(2);
    let again = Row {
        what: format!("the same {algorithm} token again"),
        measured: time(again),
        target: format!("under {}", time(AGAIN)),
        met: Some(again < AGAIN),
        hint: String::new(),
    };
    vec![first, again]
}

fn token(clients: &ScopedClients) -> String {
    let token = client(clients).token().expect("a token");
    token.expose_secret().to_owned()
}

/// The keys are available, so the future is ready at once.
fn verified(verifier: &TokenVerifier, token: &str) {
    let caller = verifier.verify::<NoClaims>(token).now_or_never();
    caller.expect("no waiting").expect("a caller");
}
