use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
};

use serde::Deserialize;

use super::key_type::{oct, required};
use super::member::decode_string;
use super::{Jwk, members, parse};
use crate::error::Problem;
use crate::key::verifying_key::VerifyingKey;
use crate::key::{Algorithm, refused};

const PUBLISHED: &str = "pass the keys as `/auth/v1/.well-known/jwks.json` lists them";

/// One key of a set, or the reason why it cannot be used.
pub(in crate::key) struct ParsedKey {
    pub(in crate::key) key_id: Option<String>,
    pub(in crate::key) key: Result<VerifyingKey, Problem>,
}

/// The `kid` of a key, even if its other members are invalid.
#[derive(Deserialize)]
struct KeyId {
    kid: Option<String>,
}

/// Reads all keys of a set or an array, or a single key. More than `max_keys` are an error.
pub(in crate::key) fn read_public(json: &str, max_keys: usize) -> Result<Vec<ParsedKey>, Problem> {
    let keys = match members(json)? {
        Some(keys) if keys.len() > max_keys => {
            return Err(Problem::new(
                "jwks",
                format!("has {} keys, over the limit of {max_keys}", keys.len()),
                "remove keys that are no longer used, or raise `Limits::key_set_keys`",
            ));
        }
        Some(keys) => keys.iter().map(|text| read(text.get())).collect(),
        None => vec![read(json)],
    };
    Ok(keys)
}

fn read(json: &str) -> ParsedKey {
    ParsedKey {
        key_id: parse::<KeyId>(json).ok().and_then(|key_id| key_id.kid),
        key: parse::<Jwk<'_>>(json).and_then(Jwk::verifying_key),
    }
}

impl Jwk<'_> {
    /// Parses the verifying key, after checking the members that describe its use.
    fn verifying_key(self) -> Result<VerifyingKey, Problem> {
        let algorithm = self.algorithm()?;
        self.check_purpose("verify")?;
        self.check_algorithm(algorithm)?;
        if algorithm == Algorithm::Hs256 {
            let secret = oct(required("k", self.k)?)?;
            return Ok(VerifyingKey::hs256(&secret, self.kid));
        }
        if self.d.is_some() {
            return Err(refused("has a private part", PUBLISHED));
        }
        let public = match algorithm {
            Algorithm::Es256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.point()?).ok(),
            Algorithm::EdDsa => {
                let x = decode_string("x", required("x", self.x)?)?;
                ParsedPublicKey::new(&ED25519, &*x).ok()
            }
            _ => {
                let components = self.rsa_public()?;
                if is_roca(&components.n) {
                    return Err(refused(
                        "is an RSA key whose private half can be computed (CVE-2017-15361)",
                        "make a new key, and revoke this one",
                    ));
                }
                let is_small = matches!(components.e[..], [] | [1 | 2]);
                let parsed = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
                parsed.ok().filter(|_| !is_small)
            }
        };
        public
            .map(|public| VerifyingKey::public(algorithm, public, self.kid))
            .ok_or_else(|| refused("has public members that are not a valid key", PUBLISHED))
    }
}

/// A modulus of the faulty generator is a power of 65537 modulo each of these primes.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether an RSA key has the fingerprint of a faulty generator (ROCA, CVE-2017-15361), whose private keys can be
/// computed from the public keys. One of 100 million sound keys has the fingerprint too.
fn is_roca(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| {
        let rest = |rest: u32, byte: &u8| (rest * 256 + u32::from(*byte)) % prime;
        let rest = modulus.iter().fold(0, rest);
        let next = |power: &u32| Some(power * (65_537 % prime) % prime);
        std::iter::successors(Some(1), next)
            .take(*prime as usize)
            .any(|power| power == rest)
    })
}
