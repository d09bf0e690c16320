//! The local server leaves no process and no file behind, however the process that started it ends.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Lines};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A running `hold-server` program that has started a server.
struct Started {
    process: Child,
    /// The pipe is held open, because the program prints another line when it ends.
    _output: Lines<BufReader<ChildStdout>>,
    /// The addresses of its two gateways.
    gateways: [String; 2],
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
        let (url, rest) = ready.split_once(' ').unwrap();
        let (another, folder) = rest.split_once(' ').unwrap();
        Self {
            process,
            _output: output,
            gateways: [url, another].map(|url| url.trim_start_matches("http://").to_owned()),
            folder: folder.into(),
        }
    }

    fn lite(&self) -> String {
        let config = self.folder.join("project/supabase/config.toml");
        let config = std::fs::read_to_string(config).unwrap();
        let port = config.lines().find_map(|line| line.strip_prefix("port = "));
        format!("127.0.0.1:{}", port.unwrap())
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
fn a_killed_process_leaves_no_server_and_no_files() {
    let mut started = Started::and_then("wait");
    let mut addresses = vec![started.lite(), started.database()];
    addresses.extend(started.gateways.clone());
    assert!(addresses.iter().all(|address| listens(address)));

    // After SIGKILL no code of the program runs any more.
    started.process.kill().unwrap();
    started.process.wait().unwrap();
    let is_quiet = || !addresses.iter().any(|address| listens(address));
    assert!(is_soon(|| is_quiet() && !started.folder.exists()));
}

#[test]
fn a_process_that_ends_leaves_no_shared_server_and_no_files() {
    let mut started = Started::and_then("end");
    assert!(started.process.wait().unwrap().success());
    let is_quiet = || !started.gateways.iter().any(|address| listens(address));
    assert!(is_soon(|| is_quiet() && !started.folder.exists()));
}

fn listens(address: &str) -> bool {
    TcpStream::connect(address).is_ok()
}
