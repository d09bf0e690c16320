use std::fs;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::{KitError, Result};

const SCRIPT: &str = include_str!("supervisor.sh");
/// The time to wait in `drop` until the supervisor has ended. It stops a slow program by force after two seconds.
const STOP_TIME: Duration = Duration::from_secs(10);
/// The time in which the supervisor makes its folder.
const HELLO_TIME: Duration = Duration::from_secs(60);
/// The most bytes of a log that are read.
const LOG_LIMIT: u64 = 1024 * 1024;

/// A program to run until it is dropped.
pub(crate) struct Program<'a> {
    /// The name of the step in errors.
    pub(crate) step: &'static str,
    pub(crate) path: &'a Path,
    pub(crate) args: Vec<String>,
    /// Variables beside the few that every program gets. Secrets go here and not into `args`, which every user of
    /// the machine can read.
    pub(crate) env: Vec<(&'static str, String)>,
    /// The user and the group to run as, if not those of this process; needs root.
    pub(crate) run_as: Option<(u32, u32)>,
    /// The name of the signal that stops the program at once, such as `KILL`.
    pub(crate) stop: &'static str,
}

/// What the supervisor says.
struct Output {
    lines: Receiver<String>,
    /// The status with which the program has ended.
    ended: Option<String>,
}

/// A supervisor with its folder, and the program that it runs from [`Supervisor::run`] on; see `supervisor.sh`.
///
/// Dropping it stops the program and removes the folder. The same happens when this process ends for any other
/// reason.
pub(crate) struct Supervisor {
    step: &'static str,
    child: Child,
    /// Closing this pipe stops the program. It is closed on exec, so no other child process holds it open.
    input: Option<ChildStdin>,
    output: Mutex<Output>,
    folder: PathBuf,
}

impl Supervisor {
    /// Starts the supervisor, which makes the folder. The program waits for [`Supervisor::run`].
    pub(crate) fn start(program: &Program<'_>) -> Result<Self> {
        let step = program.step;
        if cfg!(not(unix)) {
            return Err(KitError::new(step, "the servers of the test kit need Unix")
                .remedy("run the tests in WSL, or use `testing::Recorder`"));
        }
        let mut child = command(program)
            .spawn()
            .map_err(|error| KitError::io(step, Path::new("sh"), error))?;
        let (sender, lines) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                let lines = BufReader::new(output).lines();
                for line in lines.map_while(std::result::Result::ok) {
                    // The receiver is dropped once the program is stopped.
                    let _ = sender.send(line);
                }
            });
        }
        let hello = lines.recv_timeout(HELLO_TIME).unwrap_or_default();
        let Some(folder) = hello.strip_prefix("folder ") else {
            let _ = child.kill();
            let mut log = String::new();
            if let Some(mut complaints) = child.stderr.take() {
                let _ = complaints.read_to_string(&mut log);
            }
            let _ = child.wait();
            let error = KitError::new(step, "no temporary folder can be made");
            return Err(match program.run_as {
                Some(_) => error.remedy(
                    "as root, programs run as `postgres` or `nobody`, who must be able to write to TMPDIR",
                ),
                None => error.remedy("set TMPDIR to a folder that can be written to"),
            }
            .log(&log, &[]));
        };
        Ok(Self {
            step,
            folder: folder.into(),
            input: child.stdin.take(),
            child,
            output: Mutex::new(Output { lines, ended: None }),
        })
    }

    /// The folder of the program.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets the program run, and does not wait for its end.
    pub(crate) fn run(&mut self) -> Result<()> {
        let gone = || KitError::new(self.step, "its supervisor is gone");
        let input = self.input.as_mut().ok_or_else(gone)?;
        input.write_all(b"\n").map_err(|_| gone())
    }

    /// Returns how the program ended, if it has ended by itself: its exit status.
    pub(crate) fn ended(&self) -> Option<String> {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(line) = output.lines.try_recv() {
            output.ended = line.strip_prefix("ended ").map(str::to_owned);
        }
        output.ended.clone()
    }

    /// Waits until `is_done` or the end of the program, which is an error with the end of its log.
    pub(crate) fn wait_until(
        &self,
        limit: Duration,
        secrets: &[&str],
        mut is_done: impl FnMut() -> bool,
    ) -> Result<()> {
        self.wait(limit, secrets, |_| is_done())
    }

    /// Waits for the end of a running program. A status other than 0 is an error with the end of its log.
    pub(crate) fn wait_for_end(&self, limit: Duration, secrets: &[&str]) -> Result<()> {
        self.wait(limit, secrets, |ended| ended == Some("0"))
    }

    /// `is_done` is given the status with which the program has ended. Nothing else asks for it, since it may end
    /// between two questions.
    fn wait(
        &self,
        limit: Duration,
        secrets: &[&str],
        mut is_done: impl FnMut(Option<&str>) -> bool,
    ) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            let ended = self.ended();
            if is_done(ended.as_deref()) {
                return Ok(());
            }
            let cause = if let Some(status) = ended {
                format!("it ended with status {status}")
            } else if Instant::now() > deadline {
                format!("it did not become ready within {} s", limit.as_secs())
            } else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            return Err(KitError::new(self.step, cause).log(&self.log(), secrets));
        }
    }

    /// Returns what the program has written so far.
    pub(crate) fn log(&self) -> String {
        let mut log = Vec::new();
        if let Ok(mut file) = fs::File::open(self.folder.join("log")) {
            let length = file.metadata().map_or(0, |data| data.len());
            // After an error the log is what could be read.
            let _ = file
                .seek(SeekFrom::Start(length.saturating_sub(LOG_LIMIT)))
                .and_then(|_| file.take(LOG_LIMIT).read_to_end(&mut log));
        }
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.input.take());
        let deadline = Instant::now() + STOP_TIME;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Programs get few variables, so that a `PGHOST` or `NODE_OPTIONS` of the user changes nothing.
fn command(program: &Program<'_>) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", SCRIPT, "scoped-kit-supervisor", program.stop])
        .arg(program.path)
        .args(&program.args)
        .env_clear()
        .envs(
            ["PATH", "TMPDIR"]
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        )
        .envs([("LC_ALL", "C"), ("TZ", "UTC")])
        .envs(program.env.iter().map(|(name, value)| (name, value)))
        // The user of the program may not be able to read the current folder.
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C and the time limit of a CI runner signal the whole process group. The supervisor leaves it, so
        // that it can clean up.
        command.process_group(0);
        if let Some((uid, gid)) = program.run_as {
            command.uid(uid).gid(gid);
        }
    }
    command
}
