//! Nothing of the local server is left behind, however the process that started it ends.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Lines};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The program `hold-server`, once it has started one.
struct Started {
    process: Child,
    /// Held open, as the program writes a last line when it ends.
    _output: Lines<BufReader<ChildStdout>>,
    url: String,
    folder: PathBuf,
}

impl Started {
    fn and_then(what: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hold-server"))
            .arg(what)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = output
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ready ").map(str::to_owned))
            .expect("the program starts a server");
        let (url, folder) = ready.split_once(' ').unwrap();
        Self {
            process,
            _output: output,
            url: url.to_owned(),
            folder: folder.into(),
        }
    }

    fn database(&self) -> String {
        let postmaster = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        format!("127.0.0.1:{}", postmaster.lines().nth(3).unwrap())
    }
}

fn is_soon(what: impl Fn() -> bool) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        what()
    })
}

#[test]
fn nothing_is_left_when_the_process_is_killed() {
    let mut started = Started::and_then("wait");
    let (url, database) = (started.url.clone(), started.database());
    assert!(listens(&url) && listens(&database));

    // SIGKILL: nothing of the program's own runs after this.
    started.process.kill().unwrap();
    started.process.wait().unwrap();
    assert!(is_soon(|| !listens(&url)
        && !listens(&database)
        && !started.folder.exists()));
}

#[test]
fn nothing_is_left_of_a_shared_server_when_the_process_ends() {
    let mut started = Started::and_then("end");
    assert!(started.process.wait().unwrap().success());
    assert!(is_soon(
        || !listens(&started.url) && !started.folder.exists()
    ));
}

fn listens(url: &str) -> bool {
    TcpStream::connect(url.trim_start_matches("http://")).is_ok()
}
