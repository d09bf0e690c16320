use std::fmt;
use std::sync::{Mutex, PoisonError};

use uuid::{Builder, Uuid};

use crate::error::TokenError;

/// Random JWT IDs (UUIDs of version 4), from the generator that the keys come from. They are drawn
/// many at a time: one draw takes as long as an HMAC, whatever its size.
#[derive(Default)]
pub(crate) struct JwtIds(Mutex<Vec<[u8; 16]>>);

const AT_ONCE: usize = 64;

impl JwtIds {
    /// With the first ones in it: the generator collects its randomness when it is first asked, which
    /// takes 20 ms. One that fails is asked again by the first mint.
    pub(crate) fn drawn() -> Self {
        let ids = Self::default();
        let mut drawn = ids.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = draw(&mut drawn);
        drop(drawn);
        ids
    }

    pub(crate) fn next(&self) -> Result<Uuid, TokenError> {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.is_empty() {
            draw(&mut drawn)?;
        }
        let bytes = drawn.pop().ok_or(TokenError::Sign)?;
        Ok(Builder::from_random_bytes(bytes).into_uuid())
    }
}

fn draw(drawn: &mut Vec<[u8; 16]>) -> Result<(), TokenError> {
    let mut fresh = [[0; 16]; AT_ONCE];
    aws_lc_rs::rand::fill(fresh.as_flattened_mut()).map_err(|_| TokenError::Sign)?;
    drawn.extend_from_slice(&fresh);
    Ok(())
}

impl fmt::Debug for JwtIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtIds")
    }
}
