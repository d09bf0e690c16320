use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::{Result, StartError};
use crate::install::Installation;

const STEP: &str = "watchdog";
/// The time to wait in `drop` until the watchdog has ended; it needs less.
const STOP_TIME: Duration = Duration::from_secs(5);

/// The process that runs the programs of the server; see `watchdog.mjs`.
///
/// Dropping it stops them and removes the folder. The same happens when this process ends for any other
/// reason.
pub(crate) struct Watchdog {
    child: Child,
    /// Closing this pipe stops all programs. It is closed on exec, so no other child process holds it open.
    input: Option<ChildStdin>,
    lines: Mutex<Receiver<Value>>,
    ended: BTreeMap<u64, String>,
    answers: BTreeMap<u64, Value>,
    next_id: u64,
    pub(crate) folder: PathBuf,
    pub(crate) is_root: bool,
    random: Vec<String>,
}

/// A program for the watchdog to run.
pub(crate) struct Program<'a> {
    /// The name of the log file, and of the step in errors.
    pub(crate) step: &'static str,
    pub(crate) path: &'a Path,
    pub(crate) args: Vec<String>,
    /// Variables beside the few that every program gets.
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) cwd: &'a Path,
    pub(crate) run_as: Option<(u32, u32)>,
    /// The signal that stops the program at once and cleanly; `None` is SIGKILL.
    pub(crate) stop: Option<&'static str>,
    /// Whether it is a Node program that answers questions while it runs.
    pub(crate) talks: bool,
}

/// A program that was started.
#[derive(Clone, Copy)]
pub(crate) struct Running(u64);

/// A question that was sent to a program.
#[derive(Clone, Copy)]
pub(crate) struct Asked(u64);

impl Watchdog {
    pub(crate) fn start(installation: &Installation) -> Result<Self> {
        let mut command = Command::new(&installation.node);
        command
            .arg(installation.script("watchdog.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Ctrl-C and the time limit of a CI runner signal the whole process group. The watchdog leaves it,
        // so that it can clean up.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .spawn()
            .map_err(|error| StartError::io(STEP, &installation.node, error))?;

        let input = child.stdin.take();
        let (sender, lines) = channel::<Value>();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output)
                    .lines()
                    .map_while(std::result::Result::ok)
                {
                    if let Ok(line) = serde_json::from_str(&line) {
                        // The receiver is dropped once all programs are stopped.
                        let _ = sender.send(line);
                    }
                }
            });
        }
        let Ok(hello) = lines.recv_timeout(Duration::from_mins(1)) else {
            let _ = child.kill();
            let mut log = String::new();
            if let Some(mut complaints) = child.stderr.take() {
                let _ = complaints.read_to_string(&mut log);
            }
            let _ = child.wait();
            return Err(StartError::new(STEP, "it did not start").log(&log, &[]));
        };
        let random = hello["random"].as_array().into_iter().flatten();
        Ok(Self {
            child,
            input,
            lines: Mutex::new(lines),
            ended: BTreeMap::new(),
            answers: BTreeMap::new(),
            next_id: 0,
            folder: hello["folder"].as_str().unwrap_or_default().into(),
            is_root: hello["uid"].as_u64() == Some(0),
            random: random
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// Returns a random string of 64 hexadecimal digits. Node makes it, because the standard library has no
    /// random source.
    pub(crate) fn random(&mut self) -> Result<String> {
        self.random
            .pop()
            .ok_or_else(|| StartError::new(STEP, "no more random strings"))
    }

    /// Starts a program and does not wait for its end.
    pub(crate) fn spawn(&mut self, program: &Program<'_>) -> Result<Running> {
        let id = self.new_id();
        let (uid, gid) = program.run_as.unzip();
        let line = json!({
            "id": id,
            "program": program.path,
            "args": program.args,
            "env": self.environment(&program.env),
            "cwd": program.cwd,
            "log": self.log_file(program.step),
            "uid": uid,
            "gid": gid,
            "stop": program.stop,
            "talks": program.talks,
        });
        self.write(program.step, &line)?;
        Ok(Running(id))
    }

    /// Sends a question to a program that answers questions.
    pub(crate) fn ask(
        &mut self,
        step: &'static str,
        of: Running,
        question: Value,
    ) -> Result<Asked> {
        let seq = self.new_id();
        let mut message = question;
        message["seq"] = seq.into();
        self.write(step, &json!({ "id": of.0, "message": message }))?;
        Ok(Asked(seq))
    }

    /// Returns the answer if it has arrived.
    pub(crate) fn answer(&mut self, to: Asked) -> Option<Value> {
        while self.read(Duration::ZERO).is_ok() {}
        self.answers.remove(&to.0)
    }

    /// Stops one program.
    pub(crate) fn end(&mut self, running: Running) -> Result<()> {
        self.write(STEP, &json!({ "id": running.0, "end": true }))
    }

    fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn write(&mut self, step: &'static str, line: &Value) -> Result<()> {
        let gone = || StartError::new(step, "the watchdog is gone");
        let input = self.input.as_mut().ok_or_else(gone)?;
        writeln!(input, "{line}").map_err(|_| gone())
    }

    /// Runs a program to its end. An exit code other than 0 is an error.
    pub(crate) fn run(&mut self, program: &Program<'_>, limit: Duration) -> Result<()> {
        let running = self.spawn(program)?;
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            match self.end_of(running, Duration::from_millis(100)) {
                Some(code) if code == "0" => return Ok(()),
                Some(code) => {
                    return Err(StartError::new(
                        program.step,
                        format!("{} ended with {code}", program.path.display()),
                    ));
                }
                None => {}
            }
        }
        Err(StartError::new(
            program.step,
            format!("not done after {} s", limit.as_secs()),
        ))
    }

    /// Returns how the program ended, if it ends within `wait`: an exit code, a signal, or why it could not
    /// start.
    pub(crate) fn end_of(&mut self, running: Running, wait: Duration) -> Option<String> {
        let deadline = Instant::now() + wait;
        loop {
            if let Some(code) = self.ended.get(&running.0) {
                return Some(code.clone());
            }
            match self.read(deadline.saturating_duration_since(Instant::now())) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => return Some("the watchdog".to_owned()),
            }
        }
    }

    /// Reads and stores the next line of the watchdog.
    fn read(&mut self, wait: Duration) -> std::result::Result<(), RecvTimeoutError> {
        let lines = self
            .lines
            .get_mut()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let line = lines.recv_timeout(wait)?;
        let id = |value: &Value| value.as_u64().unwrap_or(u64::MAX);
        if let Some(message) = line.get("message") {
            self.answers.insert(id(&message["seq"]), message.clone());
            return Ok(());
        }
        let code = line.get("code").or(line.get("error"));
        let code = code.map_or_else(String::new, |code| {
            code.as_str().map_or(code.to_string(), str::to_owned)
        });
        self.ended.insert(id(&line["id"]), code);
        Ok(())
    }

    /// Returns what the program has written so far.
    pub(crate) fn log(&self, step: &str) -> String {
        fs::read(self.log_file(step))
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default()
    }

    fn log_file(&self, step: &str) -> PathBuf {
        self.folder.join(format!("{step}.log"))
    }

    /// Programs get few variables, so that a `PGHOST` or `NODE_OPTIONS` of the user changes nothing.
    fn environment(&self, more: &[(&'static str, String)]) -> BTreeMap<String, String> {
        let kept = ["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot"];
        kept.into_iter()
            .filter_map(|name| Some((name, std::env::var(name).ok()?)))
            .chain([
                ("HOME", self.folder.display().to_string()),
                ("LC_ALL", "C".to_owned()),
                ("TZ", "UTC".to_owned()),
            ])
            .chain(more.iter().cloned())
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.input.take());
        let deadline = Instant::now() + STOP_TIME;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
