use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Result, StartError};
use crate::install::{Installation, Machine};
use crate::node::find_program;

const STEP: &str = "postgres";

/// Returns the machine's PostgreSQL, the newest first, otherwise the one that npm installed.
pub(crate) fn find_programs(machine: &Machine, installation: &Installation) -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("PG_BINDIR").filter(|value| !value.is_empty()) {
        let chosen = PathBuf::from(chosen);
        return if has_programs(&chosen) {
            Ok(chosen)
        } else {
            Err(
                StartError::new(STEP, "PG_BINDIR has no `initdb` and `postgres`")
                    .remedy("correct it, or unset it"),
            )
        };
    }
    usual_places()
        .into_iter()
        .chain(pg_config(&machine.path))
        .chain(installation.packaged_postgres())
        .find(|folder| has_programs(folder))
        .ok_or_else(|| {
            StartError::new(
                STEP,
                "no PostgreSQL here, and npm has none for this platform",
            )
            .remedy("install PostgreSQL, or set PG_BINDIR to the folder of `initdb`")
        })
}

fn has_programs(folder: &Path) -> bool {
    let suffix = std::env::consts::EXE_SUFFIX;
    ["initdb", "postgres"]
        .iter()
        .all(|name| folder.join(format!("{name}{suffix}")).is_file())
}

/// Returns folders such as `/usr/lib/postgresql/17/bin` and `/opt/homebrew/opt/postgresql@17/bin`.
fn usual_places() -> Vec<PathBuf> {
    let parents = [
        ("/usr/lib/postgresql", ""),
        ("/usr/pgsql-", ""),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
        ("/Library/PostgreSQL", ""),
    ];
    let mut found: Vec<(u32, PathBuf)> = parents
        .iter()
        .flat_map(|(parent, prefix)| {
            let folders = fs::read_dir(parent).into_iter().flatten().flatten();
            folders.filter_map(move |folder| {
                let name = folder.file_name();
                let version = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
                Some((version, folder.path().join("bin")))
            })
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn pg_config(path: &OsStr) -> Option<PathBuf> {
    let output = Command::new(find_program(path, "pg_config")?)
        .arg("--bindir")
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().into())
}

/// Returns a user to run PostgreSQL as: it refuses to run as root, and `initdb` needs a user in the
/// password file.
pub(crate) fn ordinary_user() -> Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| {
            let line = users
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            let mut fields = line.split(':').skip(1);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .ok_or_else(|| {
            StartError::new(
                STEP,
                "PostgreSQL does not run as root, and no `postgres` or `nobody` is there",
            )
            .remedy("run the tests as an ordinary user")
        })
}
