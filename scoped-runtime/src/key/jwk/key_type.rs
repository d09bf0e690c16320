use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    ParsedPublicKey, RsaKeyPair,
};
use secrecy::zeroize::Zeroizing;

use super::member::{Bytes, FIELD, decode, decode_field, decode_string};
use super::{GENERATE, Jwk, shown};
use crate::error::Problem;
use crate::key::private_key::PrivateKey;
use crate::key::signing_key::MIN_SECRET_BYTES;
use crate::key::{Algorithm, refused};

const MIN_RSA_BITS: usize = 2048;
const MAX_RSA_BITS: usize = 8192;

impl Jwk<'_> {
    /// Parses the private key, after checking the members that describe its use.
    pub(super) fn private_key(&self) -> Result<PrivateKey, Problem> {
        let algorithm = self.algorithm()?;
        let private = match algorithm {
            Algorithm::Hs256 => self.k,
            _ => self.d,
        };
        let Some(private) = private else {
            return Err(refused(
                "has no private part",
                "pass the private key; the public one is for Supabase",
            ));
        };
        self.check_purpose("sign")?;
        self.check_algorithm(algorithm)?;
        match algorithm {
            Algorithm::Es256 => self.ec(private),
            Algorithm::EdDsa => self.okp(private),
            Algorithm::Rs256 => self.rsa(private),
            Algorithm::Hs256 => oct(private).map(|secret| PrivateKey::hmac(&secret)),
        }
    }

    /// The algorithm of keys with this `kty` and `crv`.
    pub(super) fn algorithm(&self) -> Result<Algorithm, Problem> {
        let curve = || self.crv.map_or_else(|| "nothing".to_owned(), shown);
        match (self.kty, self.crv) {
            (Some("EC"), Some("P-256")) => Ok(Algorithm::Es256),
            (Some("OKP"), Some("Ed25519")) => Ok(Algorithm::EdDsa),
            (Some("EC"), _) => Err(unsupported("crv", &curve(), "`P-256`")),
            (Some("OKP"), _) => Err(unsupported("crv", &curve(), "`Ed25519`")),
            (Some("RSA"), _) => Ok(Algorithm::Rs256),
            (Some("oct"), _) => Ok(Algorithm::Hs256),
            (Some(kty), _) => Err(unsupported(
                "kty",
                &shown(kty),
                "`EC`, `RSA`, `OKP` or `oct`",
            )),
            (None, _) => Err(refused("has no `kty`, so it is not a JWK", GENERATE)),
        }
    }

    /// The public key of an EC JWK (RFC 7518, section 6.2) as an uncompressed point (SEC 1, section 2.3.3).
    pub(super) fn point(&self) -> Result<Vec<u8>, Problem> {
        let mut point = vec![4];
        for (name, text) in [("x", self.x), ("y", self.y)] {
            let mut coordinate = [0; FIELD];
            decode_field(name, required(name, text)?, &mut coordinate)?;
            point.extend_from_slice(&coordinate);
        }
        Ok(point)
    }

    /// The public key of an RSA JWK (RFC 7518, section 6.3.1).
    pub(super) fn rsa_public(&self) -> Result<PublicKeyComponents<Bytes>, Problem> {
        let n = without_zeros(decode("n", required("n", self.n)?)?);
        let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
            return Err(refused(
                format!("is an RSA key of {bits} bits, not {MIN_RSA_BITS} to {MAX_RSA_BITS}"),
                "make one of 2048 bits, or better a P-256 key",
            ));
        }
        let e = without_zeros(decode("e", required("e", self.e)?)?);
        Ok(PublicKeyComponents { n, e })
    }

    /// The private key of an EC JWK (RFC 7518, section 6.2.2).
    fn ec(&self, private: &str) -> Result<PrivateKey, Problem> {
        let point = self.point()?;
        let mut d = Zeroizing::new([0; FIELD]);
        decode_field("d", private, &mut d)?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
            .map_err(|_| refused("has `x` and `y` that are not a point on P-256", GENERATE))?;
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &*d, &point)
            .map(PrivateKey::Ecdsa)
            .map_err(|_| {
                refused(
                    "has a `d` that does not belong to its `x` and `y`",
                    GENERATE,
                )
            })
    }

    /// The private key of an Ed25519 JWK (RFC 8037, section 2).
    fn okp(&self, private: &str) -> Result<PrivateKey, Problem> {
        let d = decode_string("d", private)?;
        let pair = match self.x {
            Some(x) => Ed25519KeyPair::from_seed_and_public_key(&d, &decode_string("x", x)?),
            None => Ed25519KeyPair::from_seed_unchecked(&d),
        };
        pair.map(PrivateKey::Ed25519)
            .map_err(|_| refused("has a `d` that does not belong to its `x`", GENERATE))
    }

    /// The private key of an RSA JWK (RFC 7518, section 6.3.2).
    fn rsa(&self, private: &str) -> Result<PrivateKey, Problem> {
        let public_key = self.rsa_public()?;
        if self.oth.is_some() {
            return Err(refused("is an RSA key of more than two primes", GENERATE));
        }
        let number = |name, text| decode(name, required(name, text)?);
        let components = KeyPairComponents {
            public_key,
            d: decode("d", private)?,
            p: number("p", self.p)?,
            q: number("q", self.q)?,
            dP: number("dp", self.dp)?,
            dQ: number("dq", self.dq)?,
            qInv: number("qi", self.qi)?,
        };
        RsaKeyPair::from_components(&components)
            .map(PrivateKey::Rsa)
            .map_err(|_| refused("has RSA members that do not belong together", GENERATE))
    }
}

/// The secret of an `oct` JWK (RFC 7518, section 6.4).
pub(super) fn oct(private: &str) -> Result<Bytes, Problem> {
    let secret = decode("k", private)?;
    if secret.len() < MIN_SECRET_BYTES {
        return Err(refused(
            format!(
                "has a member `k` of {} bytes, fewer than {MIN_SECRET_BYTES}",
                secret.len()
            ),
            GENERATE,
        ));
    }
    Ok(secret)
}

pub(super) fn required<'a>(name: &str, text: Option<&'a str>) -> Result<&'a str, Problem> {
    text.ok_or_else(|| refused(format!("has no `{name}`"), "copy the whole key again"))
}

/// Removes leading zeros, which some programs write.
fn without_zeros(mut number: Bytes) -> Bytes {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.drain(..zeros);
    number
}

fn unsupported(name: &str, found: &str, known: &str) -> Problem {
    refused(
        format!("has {found} as its `{name}`, which is not supported"),
        format!("use a key with {known}, or {GENERATE}"),
    )
}
