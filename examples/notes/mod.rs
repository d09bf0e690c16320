//! What the service is about, whatever framework it is written in.

mod auth;
mod journal;
mod note;
mod staff;

pub(crate) use auth::{Answer, Auth, Credentials};
pub(crate) use journal::Journal;
pub(crate) use note::{Draft, Note};
pub(crate) use staff::{Staff, Ticket};
