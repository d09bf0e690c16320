#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod claims;
mod client;
mod clock;
mod config;
mod error;
mod key;
mod session;
mod token;
mod transport;

pub use claims::{Claim, NoClaims, RESERVED, Role, ScopedClaims, ToUserId, UserId};
pub use client::{
    Body, Condition, Query, Request, ScopedClient, ScopedClientBuilder, ScopedClients, get_client,
};
pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigBuilder};
pub use error::{
    ApiError, ClientError, ConfigurationError, Error, LargestClaims, Problem, TokenError,
};
pub use key::SigningKey;
#[cfg(feature = "macros")]
pub use scoped_macros::{impersonate, scoped_claims};
pub use token::AccessToken;
pub use transport::Response;
