//! What this machine has: programs on `PATH`, PostgreSQL, users to run it as, random numbers and threads.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{KitError, Result};

const STEP: &str = "postgres";

/// Returns the first program called `name` in the folders of `path`.
pub fn find_program(path: &OsStr, name: &str) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Returns the value of `PATH`.
pub(crate) fn path_variable() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// Returns the value of an environment variable; a blank one is unset.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// Returns the folder of the PostgreSQL programs: that of `PG_BINDIR`, or the newest of the machine. Nothing is
/// returned if there is none.
pub(crate) fn postgres_programs() -> Result<Option<PathBuf>> {
    if let Some(chosen) = variable("PG_BINDIR").map(PathBuf::from) {
        return if has_postgres(&chosen) {
            Ok(Some(chosen))
        } else {
            Err(
                KitError::new(STEP, "PG_BINDIR has no `initdb` and `postgres`")
                    .remedy("correct it, or unset it"),
            )
        };
    }
    Ok(usual_places()
        .into_iter()
        .chain(pg_config())
        .find(|folder| has_postgres(folder)))
}

/// Returns whether the programs that a server needs are in this folder.
pub(crate) fn has_postgres(folder: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|name| folder.join(name).is_file())
}

/// Returns folders such as `/usr/lib/postgresql/17/bin` and `/opt/homebrew/opt/postgresql@17/bin`, the newest
/// version first.
fn usual_places() -> Vec<PathBuf> {
    let parents = [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
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

fn pg_config() -> Option<PathBuf> {
    let output = Command::new(find_program(&path_variable(), "pg_config")?)
        .arg("--bindir")
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().into())
}

/// Returns whether this process runs as root.
pub fn is_root() -> bool {
    // The standard library does not tell it.
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

/// Returns a user and a group to run PostgreSQL as, which refuses to run as root. `initdb` needs one in the
/// password file.
pub fn ordinary_user() -> Result<(u32, u32)> {
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
            KitError::new(
                STEP,
                "PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody`",
            )
            .remedy("run the tests as an ordinary user")
        })
}

/// Returns a random text of `2 * N` hexadecimal digits, for passwords and names.
pub(crate) fn random_hex<const N: usize>(step: &'static str) -> Result<String> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| KitError::new(step, "the system has no random numbers"))?;
    Ok(hex(&bytes))
}

/// Returns the bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Runs blocking work on a thread of its own, so that it works in every runtime, also on a paused clock, and
/// blocks none.
///
/// If the caller is cancelled, the work still runs to its end, and its result is dropped.
pub async fn off_thread<T: Send + 'static>(
    step: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (done, result) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name(format!("test-kit-{step}"))
        .spawn(move || {
            // An error here means that the caller no longer waits.
            let _ = done.send(work());
        })
        .map_err(|error| KitError::new(step, format!("no thread: {error}")))?;
    result
        .await
        .unwrap_or_else(|_| Err(KitError::new(step, "the thread panicked")))
}
