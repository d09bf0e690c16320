use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::zeroize::Zeroizing;

use super::private_key::PrivateKey;
use super::refused;
use crate::error::Problem;

const CONVERT: &str = "make a P-256 key with `openssl genpkey -algorithm EC \
                       -pkeyopt ec_paramgen_curve:P-256`";

/// The first private key of a PEM text (RFC 7468).
pub(super) fn read(text: &str) -> Result<PrivateKey, Problem> {
    // PKCS#8 marks encryption in the label, the older formats in a header (RFC 1421).
    if text.contains("-----BEGIN ENCRYPTED ") || text.contains("4,ENCRYPTED") {
        return Err(refused(
            "is an encrypted PEM",
            "decrypt it first with `openssl pkey`, or keep it in a secret store as a JWK",
        ));
    }
    // The messages of the decoder quote the text, so only the fact is kept.
    let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| no_key(text))?;
    let der = Zeroizing::new(der);
    match &*der {
        PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der())
            .map(PrivateKey::Rsa)
            .map_err(|error| rsa(&error)),
        PrivateKeyDer::Sec1(key) => EcdsaKeyPair::from_private_key_der(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            key.secret_sec1_der(),
        )
        .map(PrivateKey::Ecdsa)
        .map_err(|_| refused("is not an EC key on P-256, or is damaged", CONVERT)),
        _ => Err(refused("is PEM of an unsupported type", CONVERT)),
    }
}

/// A `PrivateKeyInfo` (RFC 5958, section 2), which names its algorithm.
fn pkcs8(der: &[u8]) -> Result<PrivateKey, Problem> {
    if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
        return Ok(PrivateKey::Ecdsa(pair));
    }
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8(der) {
        return Ok(PrivateKey::Ed25519(pair));
    }
    RsaKeyPair::from_pkcs8(der)
        .map(PrivateKey::Rsa)
        .map_err(|error| {
            if rejected_for_size(&error) {
                rsa(&error)
            } else {
                refused("is not a P-256, RSA or Ed25519 key, or is damaged", CONVERT)
            }
        })
}

fn rsa(error: &KeyRejected) -> Problem {
    if rejected_for_size(error) {
        refused(
            "is an RSA key of fewer than 2048 or more than 8192 bits",
            "make one of 2048 bits, or better a P-256 key",
        )
    } else {
        refused("is not an RSA key, or is damaged", CONVERT)
    }
}

fn rejected_for_size(error: &KeyRejected) -> bool {
    matches!(error.description_(), "TooSmall" | "TooLarge")
}

fn no_key(text: &str) -> Problem {
    if text.contains("-----BEGIN PUBLIC KEY") || text.contains("-----BEGIN CERTIFICATE") {
        refused(
            "has no private part",
            "pass the private key; the public one is for Supabase",
        )
    } else if text.trim_start().starts_with(['{', '[']) {
        refused("is JSON, not PEM", "use `SigningKey::from_jwk`")
    } else {
        refused(
            "is not the PEM of a private key",
            "pass the whole file with its line breaks, from `-----BEGIN` to `-----END`",
        )
    }
}
