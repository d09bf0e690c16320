//! Tests of tokens over time: renewal, sharing, remote signing and closing.

mod closing;
mod renewal;
mod sharing;
mod signer;
mod signer_down;
