//! The domain of the service, which both web frameworks share.

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
