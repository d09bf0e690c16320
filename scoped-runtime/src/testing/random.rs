use super::error::{KitError, Result};

/// Returns a random text of `2 * N` hexadecimal digits, for passwords and names.
pub(crate) fn random_hex<const N: usize>(step: &'static str) -> Result<String> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| KitError::new(step, "the system has no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
