//! `withPostgresClient` of `@supabase/server`, in Node.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{fs, io};

/// A program that runs the statement as often as it is told, and says how long that took. It ends with its input.
pub(crate) struct NodeClient {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _process: Child,
}

const FILES: [&str; 4] = [
    ".npmrc",
    "package.json",
    "package-lock.json",
    "with_postgres_client.mjs",
];

impl NodeClient {
    /// Starts the program, as this user of the database at this address.
    pub(crate) fn start(url: &str, user: &str) -> io::Result<Self> {
        let folder = install()?;
        let systems = ["linux-x64", "linux-arm64", "darwin-x64"];
        let node = systems
            .map(|system| folder.join(format!("node_modules/node-{system}/bin/node")))
            .into_iter()
            .find(|node| node.exists());
        let mut process = Command::new(node.unwrap_or_else(|| "node".into()))
            .current_dir(&folder)
            .args(["with_postgres_client.mjs", url, user])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            return Err(io::Error::other("the program has no pipes"));
        };
        Ok(Self {
            input,
            output: BufReader::new(output),
            _process: process,
        })
    }

    /// Runs the statement so often.
    pub(crate) fn run(&mut self, times: u64) -> io::Result<Duration> {
        writeln!(self.input, "{times}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let nanoseconds = line.trim().parse().map_err(io::Error::other)?;
        Ok(Duration::from_nanos(nanoseconds))
    }
}

/// Installs the packages beside the build.
fn install() -> io::Result<PathBuf> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/postgres");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("with-postgres-client");
    fs::create_dir_all(&folder)?;
    for file in FILES {
        fs::copy(from.join(file), folder.join(file))?;
    }
    let status = Command::new("npm")
        .args(["ci", "--no-progress"])
        .current_dir(&folder)
        .stdout(Stdio::null())
        .status()?;
    if status.success() {
        Ok(folder)
    } else {
        Err(io::Error::other(
            "`npm ci` failed in tests/benches/postgres",
        ))
    }
}
