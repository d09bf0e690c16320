//! Tokens over time: renewed, shared, signed elsewhere, ended.

mod closing;
mod renewal;
mod sharing;
mod signer;
mod signer_down;
