//! Notes over HTTP in axum: sign-up and sign-in at Auth, the caller's own notes, and support.
//!
//! Run it with `cargo run --example axum_notes`. It starts a local Supabase server by
//! itself, serves on a free port, and asks as two users would; with `SUPABASE_URL`, `SUPABASE_KEY` and
//! `SUPABASE_JWT_SECRET` set it uses that project, whose Auth has to let users in without a confirmation.
#![allow(
    clippy::print_stdout,
    reason = "a program for people: it says what it does"
)]

use std::error::Error;

use scoped_runtime::ScopedClients;
use scoped_tests::Target;
use tokio::net::TcpListener;

use scoped_examples::notes::{Auth, Journal, story};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let target = Target::from_env_or_local().await?;
    let journal = Journal::default();
    let config = target.config_builder().audit(journal.clone()).build()?;
    let api_key = target.api_key().ok_or("`SUPABASE_KEY` is not set")?;
    let auth = Auth::new(config.issuer(), api_key)?;
    let clients = ScopedClients::new(config)?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("It runs: {target}. The service: {url}");
    let app = scoped_examples::axum_notes::app(clients.clone(), auth);
    tokio::spawn(async move { axum::serve(listener, app).await });
    story::run(&url, &clients, &journal).await
}
