//! What the service is about, whatever framework it is written in.

mod asker;
mod auth;
mod journal;
mod note;
mod staff;
pub mod story;

pub use auth::{Answer, Auth, Credentials};
pub use journal::Journal;
pub use note::{Draft, Note};
pub use staff::{Staff, Ticket};
