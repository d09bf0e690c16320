use aws_lc_rs::signature::{KeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::material::Material;

/// What others verify with (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2). A shared
/// secret has no public half.
pub(super) fn of(material: &Material, key_id: Option<&str>) -> Option<Value> {
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let mut jwk = match material {
        Material::Hmac(_) => return None,
        Material::Ecdsa(pair) => {
            // An uncompressed point: a 4, then both coordinates in full length (SEC 1, section 2.3.3).
            let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
            json!({ "kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y) })
        }
        Material::Rsa(pair) => {
            let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
            json!({ "kty": "RSA", "n": encoded(&public.n), "e": encoded(&public.e) })
        }
        Material::Ed25519(pair) => {
            json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref()) })
        }
    };
    jwk["alg"] = material.algorithm().name().into();
    jwk["use"] = "sig".into();
    jwk["key_ops"] = json!(["verify"]);
    if let Some(key_id) = key_id {
        jwk["kid"] = key_id.into();
    }
    Some(jwk)
}
