//! Tests of clients, and of the checks that a project offers.

mod anonymous;
mod health;
mod key_check;
mod narrow;
mod refused;
