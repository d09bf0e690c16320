//! The same service in axum and in actix-web with the same requests over HTTP, and the services of the
//! examples.

mod actix_service;
mod around;
mod axum_service;
mod callers;
mod errors;
mod examples;
mod once;
mod raw;
mod serve;
mod workers;
mod world;
