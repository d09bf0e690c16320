//! A queue that works for 1,000 users at once, each job as its own user.
//!
//! Run it with `cargo run --release --example worker`, or without `--release`. It starts a local Supabase
//! server by itself; with `SUPABASE_URL`, `SUPABASE_KEY` and `SUPABASE_JWT_SECRET` set it uses that project.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people: it says what it does, and how long that took"
)]

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use scoped_examples::program::{Result, ended, step};
use scoped_examples::queue::{self, Job};
use scoped_runtime::{AuditSink, MintRecord, ScopedClients, UserId};
use scoped_tests::Target;

const USERS: u128 = 1_000;
const JOBS_EACH: usize = 2;
/// The number of workers, one for each user.
const WORKERS: usize = 1_000;
/// The prefix of the rows that the example writes and removes.
const MARK: &str = "worker example";

#[tokio::main]
async fn main() -> ExitCode {
    ended(
        run().await,
        "All checks passed: each job acted as its own user.",
    )
}

async fn run() -> Result {
    println!("Starting a Supabase server (the first start installs it, which takes a minute) ...");
    let target = Target::from_env_or_local().await?;
    let minted = Arc::new(Minted::default());
    let config = target.config_builder().audit(Arc::clone(&minted)).build()?;
    let clients = ScopedClients::new(config)?;

    let users: Vec<UserId> = (1..=USERS)
        .map(|number| UserId::from(uuid::Uuid::from_u128(0x0a_0000 << 104 | number)))
        .collect();
    let jobs = (0..JOBS_EACH).flat_map(|round| {
        users.iter().map(move |user_id| Job {
            user_id: user_id.clone(),
            body: format!("{MARK}, job {round}"),
        })
    });
    let jobs: Vec<Job> = jobs.collect();
    let count = jobs.len();
    println!("It runs: {target}. {WORKERS} workers, {count} jobs of {USERS} users ...");

    let start = Instant::now();
    let done = queue::work(&clients, jobs, WORKERS).await?;
    let seconds = start.elapsed().as_secs_f64();
    let (jobs, tokens) = (done.len(), minted.0.load(Ordering::Relaxed));
    println!(
        "ok   {jobs} jobs in {seconds:.1} s, {:.0} a second; {tokens} tokens were signed",
        f64::from(u32::try_from(jobs)?) / seconds
    );

    let mut jobs_of: HashMap<&UserId, usize> = HashMap::new();
    for job in &done {
        *jobs_of.entry(&job.user_id).or_default() += 1;
        if job.seen.iter().any(|owner| owner != job.user_id.as_str()) {
            return Err(format!("a job of {} saw rows of another user", job.user_id).into());
        }
    }
    println!("ok   every job saw its own user's rows and no others");
    let is_done = |user| jobs_of.get(user) == Some(&JOBS_EACH);
    step(users.iter().all(is_done), "no job was lost")?;
    step(tokens == users.len(), "one token a user, however many jobs")?;

    for user in &users {
        let notes = clients.get(user)?.from("notes").delete();
        notes.like("body", format!("{MARK}%")).execute().await?;
    }
    Ok(())
}

/// An audit sink that counts the minted tokens.
#[derive(Debug, Default)]
struct Minted(AtomicUsize);

impl AuditSink for Minted {
    fn record(
        &self,
        _: &MintRecord<'_>,
    ) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
