//! What the tests and examples of this project share beside the test kit
//! ([`scoped_runtime::testing`]), which is what users have.
//!
//! | file | does |
//! |---|---|
//! | `config` | a project that no server has, and its users |
//! | `server` | the local server with the tables of this project |
//! | `target` | that server, or the project that the environment names |
//! | `jose` | tokens and keys by `jose` |
//! | `services` | that server, with Edge Functions, GraphQL and resumable uploads |
//! | `node_server` | starts the servers in Node and runs the official clients, whose packages are in `tests/server/peers/` |
//! | `verifier` | verifies tokens in `jose` and in PyJWT |
//! | `nested_cargo` | cargo, run by a test |
//! | `python` | a venv with what a `requirements.txt` says, once for all test processes |
//! | `histories` | SQL files applied to PostgreSQL, statement by statement |
//! | `macro_examples` | the examples in the documentation of the macros |
//! | `moto` | AWS KMS |
//! | `log` | a log in memory, and what a thread logs |
//! | `spelled_out` | all that an error says |
//! | `random` | random choices that a seed decides |
//! | `user` | users that no other test uses |
#![allow(
    clippy::disallowed_methods,
    reason = "the tests wait for real programs by the real clock, and find them through the environment"
)]

mod config;
mod histories;
mod jose;
mod log;
#[cfg(doctest)]
mod macro_examples;
mod moto;
mod nested_cargo;
mod node_server;
mod python;
mod random;
mod script;
mod server;
mod services;
mod spelled_out;
mod target;
mod user;
mod verifier;

pub use config::{ALICE, BOB, KEY, SECRET, START, config};
pub use histories::{History, apply_histories};
pub use jose::{
    KeyPair, decode_all_with_jose, decode_with_jose, generate_keys, mint_with_jose, mint_with_key,
};
pub use log::{Listener, Log};
pub use moto::{Moto, kms_client};
pub use nested_cargo::nested_cargo;
pub use node_server::{NodeServer, run_peer};
pub use random::Random;
pub use scoped_runtime::testing::{Gateway, KitError, LocalSupabase, ManualClock};
pub use server::{MIGRATIONS, project, shared};
pub use services::Services;
pub use spelled_out::spelled_out;
pub use target::Target;
pub use user::new_user;
pub use verifier::Verifier;

type Result<T> = std::result::Result<T, KitError>;
