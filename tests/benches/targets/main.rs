//! Measures the promised targets and writes `scoped-runtime/docs/benchmarks.md`: `cargo bench -p scoped-tests`.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench reads the real clock; what it measures has a clock of its own"
)]

mod before;
mod clients;
mod expiry;
mod impersonate;
mod link;
mod measure;
mod mint;
mod node_client;
mod objects;
mod postgres;
mod project;
mod request;
mod round_trip;
mod server;
mod service;
mod table;
mod token;
mod transfer;
mod verify;

use std::io::{self, Write as _};

use measure::Bench;

/// With a name such as `mint` as its argument it measures only the rows of that name and writes nothing.
fn main() -> io::Result<()> {
    let only = std::env::args().skip(1).find(|one| !one.starts_with('-'));
    if only.as_deref() == Some(clients::FIRST) {
        return io::stdout().write_all(clients::first().as_bytes());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut bench = Bench::new();
    let mut rows = Vec::new();
    for name in [
        "mint",
        "verify",
        "clients",
        "impersonate",
        "token",
        "request",
        "service",
        "round-trip",
        "transfer",
        "objects",
        "postgres",
        "expiry",
    ] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        rows.extend(match name {
            "mint" => mint::rows(&mut bench),
            "verify" => verify::rows(&mut bench),
            "clients" => clients::rows(&mut bench),
            "impersonate" => impersonate::rows(&mut bench, &runtime),
            "token" => token::rows(&mut bench),
            "request" => request::rows(&mut bench),
            "service" => service::rows(&mut bench),
            "transfer" => transfer::rows(&mut bench, &runtime),
            "objects" => objects::rows(&runtime),
            "round-trip" => round_trip::rows(&mut bench, &runtime),
            "postgres" => postgres::rows(&mut bench, &runtime),
            _ => expiry::rows(&runtime),
        });
    }
    let text = table::text(&rows);
    if only.is_none() {
        table::write(&text)?;
    }
    io::stdout().write_all(text.as_bytes())
}
