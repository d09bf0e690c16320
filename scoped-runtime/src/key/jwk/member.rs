use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::zeroize::Zeroizing;

use crate::error::Problem;
use crate::key::refused;

/// Decoded bytes, wiped when dropped.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// The length of the coordinates and private keys of P-256, in bytes (RFC 7518, section 6.2).
pub(super) const FIELD: usize = 32;

/// The maximum length of a member in bytes: the modulus of the largest RSA key.
const MAX_BYTES: usize = 1024;

/// Decodes base64url without padding (RFC 7515, section 2) into memory that is wiped and never reallocated.
pub(super) fn decode(name: &str, text: &str) -> Result<Bytes, Problem> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    let length = URL_SAFE_NO_PAD
        .decode_slice(text, &mut bytes)
        .map_err(|_| {
            refused(
                format!("has a member `{name}` that is not base64url without padding"),
                "copy the key again",
            )
        })?;
    bytes.truncate(length);
    if !(1..=MAX_BYTES).contains(&length) {
        return Err(refused(
            format!("has a member `{name}` of {length} bytes"),
            "copy the key again",
        ));
    }
    Ok(bytes)
}

/// Decodes a number of P-256 and pads it to its full length: some programs omit leading zeros.
pub(super) fn decode_field(name: &str, text: &str, field: &mut [u8; FIELD]) -> Result<(), Problem> {
    let bytes = decode(name, text)?;
    let Some(zeros) = FIELD.checked_sub(bytes.len()) else {
        return Err(wrong_length(name, bytes.len()));
    };
    field[..zeros].fill(0);
    field[zeros..].copy_from_slice(&bytes);
    Ok(())
}

/// Decodes a half of an Ed25519 key, which is a byte string of fixed length and not a number.
pub(super) fn decode_string(name: &str, text: &str) -> Result<Bytes, Problem> {
    let bytes = decode(name, text)?;
    if bytes.len() == FIELD {
        Ok(bytes)
    } else {
        Err(wrong_length(name, bytes.len()))
    }
}

fn wrong_length(name: &str, length: usize) -> Problem {
    refused(
        format!("has a member `{name}` of {length} bytes instead of {FIELD}"),
        "copy the key again",
    )
}
