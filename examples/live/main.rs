//! What a project answers to each feature of this library, tried as two users.
//!
//! `cargo run --example live -- report.md` tries the project or stack that `SUPABASE_URL`, `SUPABASE_KEY` and
//! `SUPABASE_JWT_SECRET` or `SUPABASE_SIGNING_KEY` name, prints a table, and writes it to `report.md`. The table has no
//! key, no token and no address. `cargo run --example live -- --help` lists what else can be said.
#![allow(
    clippy::disallowed_methods,
    reason = "a program for people: it reads what to try from the environment"
)]

mod direct_postgres;
mod local;
mod options;
mod project;
mod realtime;
mod redaction;
mod report;
mod services;
mod stack;
mod storage;
mod tables;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use crate::options::{Options, Task};
use crate::report::Report;
use crate::stack::Stack;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Options::parse(std::env::args().skip(1)) {
        Ok(Task::Print(text)) => {
            say(text.trim_end());
            Ok(true)
        }
        Ok(Task::Try(options)) => run(&options).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("FAILED: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line. Without a reader the program goes on, so that nothing is left in the project.
pub(crate) fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

/// Tries everything, and returns whether no feature failed.
async fn run(options: &Options) -> Result<bool> {
    if options.is_local {
        say(
            "Starting a Supabase server and its services (the first start installs them, which takes a minute) ...",
        );
    }
    let stack = Stack::start(options).await?;
    let mut report = Report::new(stack.redaction());
    project::try_all(&stack, &mut report).await;
    tables::try_all(&stack, &mut report).await;
    storage::try_all(&stack, &mut report).await;
    services::try_all(&stack, &mut report).await;
    realtime::try_all(&stack, &mut report).await;
    direct_postgres::try_all(&stack, &mut report).await;
    // What failed features have left; the report has said already why it does not work.
    let _ = tables::needs_empty_table(&stack).await;
    storage::clean_up(&stack).await;
    if let Some(file) = &options.file {
        let project = options.names_project.then(|| stack.project_hash());
        std::fs::write(file, report.to_markdown(project.as_deref()))?;
        say(&format!("The table is in {}.", file.display()));
    }
    Ok(if options.is_local {
        report.everything_works()
    } else {
        report.nothing_failed()
    })
}
