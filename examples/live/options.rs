//! The arguments.

use std::path::PathBuf;

use crate::Result;

const HELP: &str = "\
cargo run --example live -- [--local] [--no-project] [FILE]
    tries every feature as two users, prints a table, and writes it as Markdown to FILE
cargo run --example live -- --sql | --remove-sql | --function
    prints what the database needs, what removes it, or the Edge Function `scoped-live`

    --local        tries a local server, which is started for this
    --no-project   leaves out the hash of the project's host

The environment names the project:
    SUPABASE_URL, SUPABASE_KEY, and SUPABASE_JWT_SECRET or SUPABASE_SIGNING_KEY
    SCOPED_LIVE_USERS   the IDs of two users of the project, with a comma between them; for what Auth answers
    DATABASE_URL        a login role for direct Postgres
    DATABASE_CA         a PEM file with the certificate authority of a database on another machine";

const SQL: &str = include_str!("migrations/20270101000000_scoped_live.sql");
const REMOVE_SQL: &str = include_str!("remove.sql");
const FUNCTION: &str = include_str!("function.ts");

/// What the program is asked to do.
pub(crate) enum Task {
    Print(&'static str),
    Try(Options),
}

/// How a project is tried.
pub(crate) struct Options {
    pub(crate) is_local: bool,
    pub(crate) names_project: bool,
    pub(crate) file: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Task> {
        let mut options = Self {
            is_local: false,
            names_project: true,
            file: None,
        };
        for argument in arguments {
            match &*argument {
                "--help" => return Ok(Task::Print(HELP)),
                "--sql" => return Ok(Task::Print(SQL)),
                "--remove-sql" => return Ok(Task::Print(REMOVE_SQL)),
                "--function" => return Ok(Task::Print(FUNCTION)),
                "--local" => options.is_local = true,
                "--no-project" => options.names_project = false,
                file if !file.starts_with('-') && options.file.is_none() => {
                    options.file = Some(file.into());
                }
                other => {
                    return Err(format!("unknown argument `{other}`; `--help` lists them").into());
                }
            }
        }
        Ok(Task::Try(options))
    }
}
