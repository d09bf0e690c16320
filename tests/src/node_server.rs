use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use scoped_runtime::testing::__private::{Installation, find_program, off_thread, run_script};
use serde_json::Value;

use crate::{KitError, Result};

const STEP: &str = "node server";

/// The folder of the scripts, and of the packages that they load with `peers/packages.mjs`.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/server");

/// A server in Node, such as one of Edge Functions, that a test starts beside the local Supabase server.
///
/// Its script reads one line of JSON from standard input, which is its configuration, listens on a free port
/// of 127.0.0.1, writes one line `{"port":..}`, and ends when its standard input ends. So it also ends when this
/// process ends, however that happens. Each later line of configuration is answered with a line.
pub struct NodeServer {
    hello: Value,
    child: Child,
    pipes: Arc<Mutex<Option<Pipes>>>,
}

/// Standard input and output of a server. Closing its input ends it.
struct Pipes {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipes {
    /// Writes a line of configuration and returns the line that answers it.
    fn tell(&mut self, configuration: &str) -> std::io::Result<String> {
        writeln!(self.input, "{configuration}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }
}

impl NodeServer {
    /// Starts a script of `tests/server/`, such as `functions/server.mjs`, with this configuration. The first
    /// start on a machine installs the packages of `tests/server/peers/`.
    pub async fn start(script: &str, configuration: &Value) -> Result<Self> {
        let script = Path::new(SCRIPTS).join(script);
        let configuration = configuration.to_string();
        off_thread(STEP, move || {
            let node = node_with_peers()?;
            Self::start_blocking(&node, &script, &configuration)
        })
        .await
    }

    fn start_blocking(node: &Path, script: &Path, configuration: &str) -> Result<Self> {
        let mut child = Command::new(node)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| KitError::io(STEP, node, error))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let mut pipes = pipes.map(|(input, output)| Pipes {
            input,
            output: BufReader::new(output),
        });
        // If the script has already ended, it has written why to this process's standard error.
        let line = pipes.as_mut().map(|pipes| pipes.tell(configuration));
        let line = line.and_then(std::io::Result::ok).unwrap_or_default();
        match serde_json::from_str::<Value>(&line) {
            Ok(hello) if hello["port"].is_u64() => Ok(Self {
                hello,
                child,
                pipes: Arc::new(Mutex::new(pipes)),
            }),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                let cause = format!("{} did not start", script.display());
                Err(KitError::new(STEP, cause).remedy("read above what it wrote"))
            }
        }
    }

    /// Gives the server another configuration, for one that has to listen before all of it is known.
    pub async fn configure(&self, configuration: &Value) -> Result<()> {
        let (pipes, configuration) = (Arc::clone(&self.pipes), configuration.to_string());
        off_thread(STEP, move || {
            let mut pipes = pipes.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = pipes.as_mut().map(|pipes| pipes.tell(&configuration));
            match answer.and_then(std::io::Result::ok) {
                Some(line) if !line.is_empty() => Ok(()),
                _ => Err(KitError::new(STEP, "it did not take the configuration")),
            }
        })
        .await
    }

    /// The server's address, such as `http://127.0.0.1:40001`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.hello["port"])
    }

    /// The line that the script wrote when it was ready.
    #[must_use]
    pub fn hello(&self) -> &Value {
        &self.hello
    }
}

impl Drop for NodeServer {
    /// Closes the script's standard input, at which it ends and removes its files.
    fn drop(&mut self) {
        *self.pipes.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let _ = self.child.wait();
    }
}

impl std::fmt::Debug for NodeServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeServer")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Runs a script of `tests/server/` that uses an official client to its end, with JSON as its input and output.
pub async fn run_peer(script: &str, input: &Value) -> Result<Value> {
    let script = Path::new(SCRIPTS).join(script);
    let input = input.clone();
    off_thread(STEP, move || {
        let node = node_with_peers()?;
        run_script(
            STEP,
            &node,
            &[script.as_os_str()],
            Path::new(SCRIPTS),
            &input,
            &[],
        )
    })
    .await
}

/// Installs the packages of `tests/server/peers/` if the installed ones do not match the lock file, and returns
/// the Node to run them with.
fn node_with_peers() -> Result<PathBuf> {
    let folder = Path::new(SCRIPTS).join("peers");
    let lock_file = folder.join("package-lock.json");
    let failed = |path: &Path, error| KitError::io("peers", path, error);
    let packages = fs::read_to_string(&lock_file).map_err(|error| failed(&lock_file, error))?;
    let stamp_file = folder.join("node_modules").join(".installed");
    let is_current = || fs::read_to_string(&stamp_file).is_ok_and(|found| found == packages);
    if !is_current() {
        // Test binaries start at the same time. The first one installs, and the others wait here.
        let guard_file = folder.join(".install.lock");
        let guard = File::create(&guard_file).and_then(|file| file.lock().map(|()| file));
        let _guard = guard.map_err(|error| failed(&guard_file, error))?;
        if !is_current() {
            npm_ci(&folder)?;
            fs::write(&stamp_file, &packages).map_err(|error| failed(&stamp_file, error))?;
        }
    }
    Ok(Installation::ensure()?.node().to_owned())
}

fn npm_ci(folder: &Path) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let install = "install Node.js 22 or newer (https://nodejs.org), which brings npm";
    let npm = find_program(&path, "npm")
        .ok_or_else(|| KitError::new("peers", "`npm` is not on PATH").remedy(install))?;
    let output = Command::new(&npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder)
        .env("DO_NOT_TRACK", "1")
        .output()
        .map_err(|error| KitError::io("peers", &npm, error))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr);
    let cause = format!("`npm ci` ended with {}", output.status);
    let remedy = format!(
        "run it by hand in {} once the package registry can be reached",
        folder.display()
    );
    Err(KitError::new("peers", cause).remedy(remedy).log(&log, &[]))
}
