//! Who a client acts as, for how long, and the tokens that say so.

mod forwarding;
mod held;
mod identity;
mod life;
mod lifetime;
mod minter;
mod minting;
mod renewal;
mod source;
mod sync;
mod wait;
mod watch;

pub(crate) use forwarding::Forwarding;
pub(crate) use identity::Claims;
pub use identity::Identity;
pub(crate) use life::{Life, Lives};
pub(crate) use lifetime::Lifetime;
pub(crate) use minter::{Content, Mint};
pub(crate) use minting::Minting;
pub(crate) use renewal::{Need, Numbered, Patience, Renewal};
pub(crate) use source::TokenSource;
#[cfg(feature = "blocking")]
pub(crate) use wait::wait_until_done;
pub use watch::TokenWatch;
