//! Notes over HTTP in actix-web: sign-up and sign-in at Auth, the caller's own notes, and support.
//!
//! Run it with `cargo run --example actix_notes`. It starts a local Supabase server
//! by itself, serves on a free port, and asks as two users would; with `SUPABASE_URL`, `SUPABASE_KEY` and
//! `SUPABASE_JWT_SECRET` set it uses that project, whose Auth has to let users in without a confirmation.
#![allow(
    clippy::print_stdout,
    reason = "a program for people: it says what it does"
)]

use std::error::Error;

use actix_web::{App, HttpServer};
use scoped_runtime::ScopedClients;
use scoped_tests::Target;

use scoped_examples::notes::{Auth, Journal, story};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let target = Target::from_env_or_local().await?;
    let journal = Journal::default();
    let config = target.config_builder().audit(journal.clone()).build()?;
    let api_key = target.api_key().ok_or("`SUPABASE_KEY` is not set")?;
    let auth = Auth::new(config.issuer(), api_key)?;
    let clients = ScopedClients::new(config)?;

    let of_the_service = clients.clone();
    let app = move || {
        App::new().configure(|it| scoped_examples::actix_notes::app(it, &of_the_service, &auth))
    };
    let server = HttpServer::new(app).bind("127.0.0.1:0")?;
    let url = format!("http://{}", server.addrs()[0]);
    println!("It runs: {target}. The service: {url}");
    actix_web::rt::spawn(server.run());
    story::run(&url, &clients, &journal).await
}
