use std::fmt;
use std::sync::{Mutex, PoisonError};

use uuid::{Builder, Uuid};

use crate::error::TokenError;

/// Random JWT IDs (UUIDs of version 4), from the cryptographic generator of aws-lc. They are generated many at
/// a time: one call of the generator takes as long as an HMAC, however many bytes it returns.
#[derive(Default)]
pub(crate) struct JwtIdPool(Mutex<Vec<[u8; 16]>>);

const BATCH: usize = 64;

impl JwtIdPool {
    /// A pool with the first batch in it, so that the first mint does not wait 20 ms for the generator to seed
    /// itself. If the generator fails, the first mint tries again and reports the error.
    pub(crate) fn prefilled() -> Self {
        let pool = Self::default();
        let mut ids = pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = generate(&mut ids);
        drop(ids);
        pool
    }

    pub(crate) fn next(&self) -> Result<Uuid, TokenError> {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.is_empty() {
            generate(&mut ids)?;
        }
        let bytes = ids.pop().ok_or(TokenError::Sign)?;
        Ok(Builder::from_random_bytes(bytes).into_uuid())
    }
}

fn generate(ids: &mut Vec<[u8; 16]>) -> Result<(), TokenError> {
    let mut fresh = [[0; 16]; BATCH];
    aws_lc_rs::rand::fill(fresh.as_flattened_mut()).map_err(|_| TokenError::Sign)?;
    ids.extend_from_slice(&fresh);
    Ok(())
}

impl fmt::Debug for JwtIdPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtIdPool")
    }
}
