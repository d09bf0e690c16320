//! Clients, and what a project says of itself.

mod anonymous;
mod health;
mod key_check;
mod narrow;
mod refused;
