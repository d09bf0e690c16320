//! Runs of `hold-server` in a temporary folder of their own.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Read};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use scoped_runtime::testing::__private::{Installation, is_root, ordinary_user};

/// Who runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// The user of the test, such as root.
    Own,
    /// An ordinary user, if the test is run by root.
    Ordinary,
}

impl User {
    pub(crate) fn all() -> Vec<Self> {
        if is_root() {
            vec![Self::Own, Self::Ordinary]
        } else {
            vec![Self::Own]
        }
    }
}

/// A folder with the program and migrations, which every user can reach, and a folder for temporary files.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        static PLACES: AtomicU64 = AtomicU64::new(0);
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let name = format!("kit-test-{name}-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let migrations = folder.join("supabase/migrations");
        fs::create_dir_all(&migrations).unwrap();
        fs::create_dir(folder.join("tmp")).unwrap();
        fs::set_permissions(folder.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        // Copied by another process: this one would have the file open for writing for a moment, as would a program that
        // another test starts in that moment, and a file that is open for writing is not executed ("Text file busy").
        let mut copy = Command::new("cp");
        copy.arg(env!("CARGO_BIN_EXE_hold-server"))
            .arg(folder.join("hold-server"));
        assert!(copy.status().unwrap().success());
        fs::write(
            migrations.join("1_things.sql"),
            "create table things (id int);",
        )
        .unwrap();
        Self(folder)
    }

    fn temporary(&self) -> PathBuf {
        self.0.join("tmp")
    }

    /// Asserts that soon no process works in the folder for temporary files, and nothing is in it.
    pub(crate) fn is_soon_empty(&self) {
        let is_empty = || {
            let files = fs::read_dir(self.temporary()).unwrap().count();
            files == 0 && self.processes() == 0
        };
        let is_soon = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            is_empty()
        });
        let files: Vec<_> = fs::read_dir(self.temporary()).unwrap().flatten().collect();
        assert!(is_soon, "{} processes, {files:?}", self.processes());
    }

    /// How many processes have their current folder in the one for temporary files: all programs of the kit.
    pub(crate) fn processes(&self) -> usize {
        self.working_here().len()
    }

    fn working_here(&self) -> Vec<PathBuf> {
        let processes = fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        // A process may end in between.
        let is_here = |process: &PathBuf| {
            fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(self.temporary()))
        };
        processes.filter(is_here).collect()
    }

    /// Ends the supervisors as a signal from outside would.
    pub(crate) fn terminate_supervisors(&self) {
        for process in self.working_here() {
            let arguments = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
            let id = process.file_name().unwrap();
            if arguments.contains("scoped-kit-supervisor") {
                Command::new("kill").arg("-TERM").arg(id).status().unwrap();
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A failed test may have left files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running program.
pub(crate) struct Run {
    process: Child,
    /// The pipe is held open, because the program may print more.
    output: Lines<BufReader<ChildStdout>>,
}

impl Run {
    pub(crate) fn start(
        place: &Place,
        user: User,
        arguments: &str,
        variables: &[(&str, String)],
    ) -> Self {
        let mut command = Command::new(place.0.join("hold-server"));
        command
            .args(arguments.split(' '))
            .arg(place.0.join("supabase/migrations"))
            .env("TMPDIR", place.temporary())
            .env_remove("PG_BINDIR")
            .env_remove("DATABASE_URL")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .current_dir("/")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if user == User::Ordinary {
            // It uses what root has installed, and has no home.
            let installation = Installation::ensure().unwrap();
            let (uid, gid) = ordinary_user().unwrap();
            command
                .env(
                    "SCOPED_RUNTIME_CACHE",
                    installation.folder().parent().unwrap(),
                )
                .env_remove("HOME")
                .uid(uid)
                .gid(gid);
        }
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, output }
    }

    /// Waits until the program has started its server, and returns the addresses that it prints.
    pub(crate) fn ready(&mut self) -> Vec<String> {
        let mut lines = self.output.by_ref().map_while(Result::ok);
        let ready = lines.find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        let ready = ready.unwrap_or_else(|| {
            let mut text = String::new();
            let errors = self.process.stderr.take();
            errors.unwrap().read_to_string(&mut text).unwrap();
            panic!("the program starts no server: {text}")
        });
        let address = |url: &str| {
            let rest = url.rsplit(['/', '@']).find(|part| part.contains(':'));
            rest.unwrap().to_owned()
        };
        ready.split(' ').map(address).collect()
    }

    /// After SIGKILL no code of the program runs any more.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn succeeds(&mut self) {
        assert!(self.process.wait().unwrap().success());
    }

    /// Waits for the end, which must be an error, and returns its text.
    pub(crate) fn fails(mut self) -> String {
        let mut text = String::new();
        let mut errors = self.process.stderr.take().unwrap();
        errors.read_to_string(&mut text).unwrap();
        assert!(!self.process.wait().unwrap().success());
        text
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It has ended, unless a test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn listens(address: &str) -> bool {
    TcpStream::connect(address).is_ok()
}

/// The migrations of a project whose own roles need a server to themselves.
pub(crate) fn write_role(place: &Place, role: &str) {
    let file = place.0.join("supabase/migrations/2_role.sql");
    fs::write(Path::new(&file), format!("create role {role};")).unwrap();
}
