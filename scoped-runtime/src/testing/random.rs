use std::fmt::Write as _;

use super::error::{KitError, Result};

/// Returns a random text of `2 * N` hexadecimal digits, for passwords and names.
pub(crate) fn random_hex<const N: usize>(step: &'static str) -> Result<String> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| KitError::new(step, "the system has no random numbers"))?;
    Ok(hex(&bytes))
}

/// Returns the bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
