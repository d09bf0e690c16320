//! Storage, Edge Functions and GraphQL as one user, and what another user may not.
//!
//! Run it with `cargo run -p scoped-examples --example services_tour`. It installs and starts a local Supabase
//! server, and servers in Node for what that one lacks, uses them, and ends by itself: with an exit code other
//! than 0 if anything is not as it should be.
#![allow(
    clippy::print_stdout,
    reason = "a program for people: it says what it does"
)]

mod files;
mod functions;
mod graphql;

use std::process::ExitCode;

use scoped_examples::program::{Result, ended};
use scoped_runtime::{ScopedClient, ScopedClients};
use scoped_tests::Services;

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
const BOB: &str = "b0b00000-0000-4000-8000-000000000002";

#[tokio::main]
async fn main() -> ExitCode {
    ended(
        run().await,
        "All checks passed: one user worked with every service, and the other could not interfere.",
    )
}

async fn run() -> Result {
    println!(
        "Starting a Supabase server and its services (the first start installs them, which takes a minute) ..."
    );
    let services = Services::start().await?;
    let clients = ScopedClients::new(services.supabase().config()?)?;
    let users = Users {
        alice: clients.get(ALICE)?,
        bob: clients.get(BOB)?,
    };
    println!("Storage");
    files::are_private(&users).await?;
    files::are_uploaded_in_parts(&users.alice).await?;
    println!("Edge Functions");
    functions::stream_to_their_caller(&users).await?;
    functions::need_a_user(&clients).await?;
    println!("GraphQL");
    graphql::sees_rows_of_its_user(&users).await
}

/// The two users of the tour.
struct Users {
    alice: ScopedClient,
    bob: ScopedClient,
}
