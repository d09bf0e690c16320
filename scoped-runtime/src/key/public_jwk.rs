use aws_lc_rs::signature::{KeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters, Jwk,
    KeyOperations, OctetKeyPairParameters, PublicKeyUse, RSAKeyParameters,
};
use serde_json::Value;

use super::Algorithm;
use super::algorithm::to_jsonwebtoken;
use super::private_key::PrivateKey;

/// The public half of a key as a JWK (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2). A shared
/// secret has none.
pub(super) fn of(private_key: &PrivateKey, key_id: Option<&str>) -> Option<Value> {
    let parameters = match private_key {
        PrivateKey::Hmac(_) => return None,
        PrivateKey::Ecdsa(pair) => {
            // An uncompressed point: the byte 4, then both coordinates in full length (SEC 1, section 2.3.3).
            let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
            p256(x, y)
        }
        PrivateKey::Rsa(pair) => {
            let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
            rsa(&public.n, &public.e)
        }
        PrivateKey::Ed25519(pair) => AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
            curve: EllipticCurve::Ed25519,
            x: encoded(pair.public_key().as_ref()),
            ..OctetKeyPairParameters::default()
        }),
    };
    with_parameters(parameters, private_key.algorithm(), key_id)
}

/// The JWK parameters of a point on P-256.
pub(super) fn p256(x: &[u8], y: &[u8]) -> AlgorithmParameters {
    AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
        curve: EllipticCurve::P256,
        x: encoded(x),
        y: encoded(y),
        ..EllipticCurveKeyParameters::default()
    })
}

/// The JWK parameters of an RSA key with this modulus and exponent.
pub(super) fn rsa(n: &[u8], e: &[u8]) -> AlgorithmParameters {
    AlgorithmParameters::RSA(RSAKeyParameters {
        n: encoded(n),
        e: encoded(e),
        ..RSAKeyParameters::default()
    })
}

/// A JWK for verification with these parameters.
pub(super) fn with_parameters(
    parameters: AlgorithmParameters,
    algorithm: Algorithm,
    key_id: Option<&str>,
) -> Option<Value> {
    let jwk = Jwk {
        common: CommonParameters {
            public_key_use: Some(PublicKeyUse::Signature),
            key_operations: Some(vec![KeyOperations::Verify]),
            key_algorithm: Some(to_jsonwebtoken(algorithm).into()),
            key_id: key_id.map(str::to_owned),
            ..CommonParameters::default()
        },
        algorithm: parameters,
    };
    serde_json::to_value(jwk).ok()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
