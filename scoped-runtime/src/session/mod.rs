//! The identity that a client acts as, and the tokens of that identity: minting, caching and renewal.

mod block_on;
mod cached;
mod close_flag;
mod identity;
mod issue;
mod lifetime;
mod minted_session;
mod minter;
mod minting_source;
#[cfg(test)]
mod model;
mod renewal;
mod sync;
mod token_source;
mod token_watch;

#[cfg(feature = "blocking")]
pub(crate) use block_on::block_on;
pub(crate) use close_flag::{CloseFlag, OpenUsers};
pub use identity::Identity;
pub(crate) use identity::IdentityClaims;
pub(crate) use lifetime::Lifetime;
pub(crate) use minted_session::MintedSession;
pub(crate) use minter::{MintContext, SessionSpec};
pub(crate) use renewal::{Acquire, Renewal, RenewalLimits, Sequenced};
pub(crate) use token_source::{ForwardingSource, TokenSource};
pub use token_watch::TokenWatch;
