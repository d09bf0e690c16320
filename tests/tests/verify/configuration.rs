//! Invalid options of a verifier.

use std::time::Duration;

use scoped_runtime::{Config, Problem, VerifierOptions};
use scoped_tests::ManualClock;

use crate::verify::support::{START, builder, own_key};

fn nonsense() -> VerifierOptions {
    VerifierOptions::new()
        .audience(" ")
        .algorithms([])
        .leeway(Duration::from_secs(301))
        .max_bytes(0)
        .issuer("https://user:hunter2@issuer.test")
        .jwks("[]")
        .hs256("short")
}

const FIELDS: [&str; 7] = [
    "audience",
    "algorithms",
    "leeway",
    "max_bytes",
    "issuer",
    "jwks",
    "hs256",
];

#[test]
fn all_problems_of_verifier_options_are_reported_at_once() {
    let clock = ManualClock::at(START);
    let alone = builder(&clock).verifier_options(nonsense()).verifier();
    let project = builder(&clock)
        .signing_key(own_key())
        .verifier_options(nonsense());
    for error in [alone.unwrap_err(), project.build().unwrap_err()] {
        let fields: Vec<&str> = error.problems().iter().map(Problem::field).collect();
        assert_eq!(fields, FIELDS);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn a_verifier_needs_only_the_url() {
    let empty = || Config::builder().environment(|_| None);
    empty().url("https://project.test").verifier().unwrap();
    let error = empty().verifier().unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert_eq!(error.field(), "url");
    // A value that is not required is still checked.
    let error = empty()
        .url("https://project.test")
        .api_key("sb_secret_abc")
        .verifier();
    assert_eq!(error.unwrap_err().field(), "api_key");
}
