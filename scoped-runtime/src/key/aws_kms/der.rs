//! Decodes the two DER structures (ITU-T X.690) that AWS KMS returns: an ECDSA signature and a public key.
//!
//! The decoder is strict: every encoding of a value but the canonical one is refused. No input makes it panic.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// `id-ecPublicKey` with `prime256v1` (RFC 5480, section 2.1.1).
const P256: &[u8] = &[
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x03, 0x01, 0x07,
];
/// `rsaEncryption` with its `NULL` (RFC 3279, section 2.3.1).
const RSA: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// The length of a coordinate and of each half of a signature, in bytes.
const FIELD: usize = 32;

/// The big-endian numbers of a public key: coordinates in full length, RSA numbers without leading zeros.
pub(super) enum PublicNumbers<'a> {
    P256 { x: &'a [u8], y: &'a [u8] },
    Rsa { n: &'a [u8], e: &'a [u8] },
}

/// Converts an `Ecdsa-Sig-Value` (RFC 3279, section 2.2.3) into a JWS signature: `r` and `s` with 32 bytes each
/// ([RFC 7518, section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
pub(super) fn jose_signature(der: &[u8]) -> Option<[u8; 2 * FIELD]> {
    let (r, s) = two_integers(der)?;
    let mut jose = [0; 2 * FIELD];
    let (left, right) = jose.split_at_mut(FIELD);
    for (half, number) in [(left, r), (right, s)] {
        let padding = FIELD.checked_sub(number.len())?;
        half.get_mut(padding..)?.copy_from_slice(number);
    }
    Some(jose)
}

/// The numbers of a `SubjectPublicKeyInfo` (RFC 5280, section 4.1); `None` unless it is a P-256 or RSA key.
pub(super) fn public_numbers(spki: &[u8]) -> Option<PublicNumbers<'_>> {
    let info = only(SEQUENCE, spki)?;
    // The first byte of a bit string is the number of unused bits in its last byte.
    if let Some(key) = info.strip_prefix(P256) {
        // The 4 marks an uncompressed point: both coordinates follow.
        let point = only(BIT_STRING, key)?.strip_prefix(&[0, 4])?;
        let (x, y) = point.split_at_checked(FIELD)?;
        (y.len() == FIELD).then_some(PublicNumbers::P256 { x, y })
    } else {
        let key = only(BIT_STRING, info.strip_prefix(RSA)?)?;
        let (n, e) = two_integers(key.strip_prefix(&[0])?)?;
        Some(PublicNumbers::Rsa { n, e })
    }
}

/// A sequence of exactly two positive integers.
fn two_integers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = element(INTEGER, only(SEQUENCE, der)?)?;
    Some((positive(first)?, positive(only(INTEGER, rest)?)?))
}

/// The content of an element that is not followed by other bytes.
fn only(tag: u8, der: &[u8]) -> Option<&[u8]> {
    let (content, rest) = element(tag, der)?;
    rest.is_empty().then_some(content)
}

/// The content of the first element, and the bytes after it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der.strip_prefix(&[tag])? {
        [length @ ..=0x7f, rest @ ..] | [0x81, length @ 0x80..=0xff, rest @ ..] => {
            (usize::from(*length), rest)
        }
        [0x82, high @ 1..=0xff, low, rest @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// The magnitude of a positive integer. DER writes a leading zero only before a first byte of 128 or more.
fn positive(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [0, magnitude @ ..] if magnitude.first().is_some_and(|&byte| byte >= 0x80) => {
            Some(magnitude)
        }
        [1..=0x7f, ..] => Some(integer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED, EcdsaKeyPair, KeyPair,
        UnparsedPublicKey,
    };

    use super::{PublicNumbers, element, jose_signature, public_numbers};

    fn integer(bytes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(bytes.len()).unwrap();
        [&[0x02, length], bytes].concat()
    }

    fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
        let content = [integer(r), integer(s)].concat();
        let length = u8::try_from(content.len()).unwrap();
        [&[0x30, length], content.as_slice()].concat()
    }

    /// A full number whose first bit is clear.
    const FULL: [u8; 32] = [0x11; 32];

    #[test]
    fn full_numbers_are_copied() {
        let jose = jose_signature(&signature(&[0x22; 32], &FULL)).unwrap();
        assert_eq!(jose, [[0x22; 32], FULL].concat()[..]);
    }

    #[test]
    fn a_short_r_is_padded_on_the_left() {
        let jose = jose_signature(&signature(&[7, 8], &FULL)).unwrap();
        assert_eq!(jose, [&[0; 30][..], &[7, 8], &FULL].concat()[..]);
    }

    #[test]
    fn a_short_s_is_padded_on_the_left() {
        let jose = jose_signature(&signature(&FULL, &[1])).unwrap();
        assert_eq!(jose, [&FULL[..], &[0; 31], &[1]].concat()[..]);
    }

    #[test]
    fn the_zero_before_a_high_bit_is_stripped() {
        let high = [0xff; 32];
        let der = signature(&[&[0], &high[..]].concat(), &[0, 0x80]);
        let jose = jose_signature(&der).unwrap();
        assert_eq!(jose, [&high[..], &[0; 31], &[0x80]].concat()[..]);
    }

    #[test]
    fn bytes_after_the_signature_or_inside_it_are_refused() {
        let mut after = signature(&FULL, &FULL);
        after.push(0);
        assert!(jose_signature(&after).is_none());

        let three = [integer(&FULL), integer(&FULL[..30]), integer(&[1])].concat();
        let length = u8::try_from(three.len()).unwrap();
        assert!(jose_signature(&[&[0x30, length], three.as_slice()].concat()).is_none());
    }

    #[test]
    fn a_truncated_signature_is_refused_at_every_length() {
        let der = signature(&FULL, &FULL);
        for length in 0..der.len() {
            assert!(jose_signature(&der[..length]).is_none(), "{length}");
            // Also when the outer length has been made to fit.
            let mut shortened = der[..length].to_vec();
            if let Some(outer) = shortened.get_mut(1) {
                *outer = u8::try_from(length - 2).unwrap();
            }
            assert!(jose_signature(&shortened).is_none(), "{length}");
        }
    }

    #[test]
    fn wrong_tags_are_refused() {
        let der = signature(&FULL, &FULL);
        for position in [0, 2, 36] {
            for tag in 0..=u8::MAX {
                let mut wrong = der.clone();
                wrong[position] = tag;
                assert_eq!(jose_signature(&wrong).is_some(), wrong == der);
            }
        }
    }

    #[test]
    fn numbers_over_32_bytes_are_refused() {
        assert!(jose_signature(&signature(&[0x11; 33], &FULL)).is_none());
        assert!(jose_signature(&signature(&FULL, &[&[0], &[0xff; 33][..]].concat())).is_none());
    }

    #[test]
    fn numbers_that_are_not_minimal_or_not_positive_are_refused() {
        let wrong: [&[u8]; 6] = [&[], &[0], &[0, 0], &[0, 0x7f], &[0, 0, 0x80], &[0x80]];
        for number in wrong {
            assert!(
                jose_signature(&signature(number, &FULL)).is_none(),
                "{number:?}"
            );
            assert!(
                jose_signature(&signature(&FULL, number)).is_none(),
                "{number:?}"
            );
        }
    }

    #[test]
    fn lengths_have_one_encoding() {
        let content = [0x55; 0x1_00];
        let read = |length: &[u8], size: usize| {
            let der = [&[0x30], length, &content[..size]].concat();
            element(0x30, &der).is_some_and(|(found, rest)| found.len() == size && rest.is_empty())
        };
        assert!(read(&[0x7f], 0x7f) && read(&[0x81, 0x80], 0x80) && read(&[0x82, 1, 0], 0x100));
        assert!(!read(&[0x81, 0x7f], 0x7f) && !read(&[0x82, 0, 0x80], 0x80));
        assert!(!read(&[0x80], 0) && !read(&[0x83, 0, 1, 0], 0x100) && !read(&[0xff], 0));
    }

    #[test]
    fn no_changed_byte_makes_it_panic() {
        let der = signature(&[&[0], &[0xee; 32][..]].concat(), &FULL);
        let spki = key_pair().public_key().as_der().unwrap().as_ref().to_vec();
        for original in [&der, &spki] {
            for position in 0..original.len() {
                for byte in 0..=u8::MAX {
                    let mut changed = original.clone();
                    changed[position] = byte;
                    let _ = jose_signature(&changed);
                    let _ = public_numbers(&changed);
                }
            }
        }
    }

    fn key_pair() -> EcdsaKeyPair {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()
    }

    #[test]
    fn what_another_library_signs_verifies_after_conversion() {
        let (key, random) = (key_pair(), SystemRandom::new());
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref());
        // One in 128 signatures has a short number, so some of these have one.
        for n in 0..1000_u32 {
            let der = key.sign(&random, &n.to_be_bytes()).unwrap();
            let jose = jose_signature(der.as_ref()).unwrap();
            public.verify(&n.to_be_bytes(), &jose).unwrap();
        }
    }

    #[test]
    fn the_coordinates_of_a_public_key_are_its_point() {
        let key = key_pair();
        let spki = key.public_key().as_der().unwrap();
        let Some(PublicNumbers::P256 { x, y }) = public_numbers(spki.as_ref()) else {
            panic!("it is a P-256 key");
        };
        assert_eq!([&[4], x, y].concat(), key.public_key().as_ref());
    }

    #[test]
    fn a_compressed_point_another_curve_and_trailing_bytes_are_refused() {
        let key = key_pair();
        let spki = key.public_key().as_der().unwrap().as_ref().to_vec();
        let change = |position: usize, byte: u8| {
            let mut changed = spki.clone();
            changed[position] = byte;
            changed
        };
        assert!(public_numbers(&change(26, 2)).is_none());
        assert!(public_numbers(&change(22, 0x0a)).is_none());
        assert!(public_numbers(&[&spki[..], &[0]].concat()).is_none());
    }
}
