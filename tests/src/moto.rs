use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use aws_sdk_kms::Client;
use aws_sdk_kms::config::{Config, Credentials, Region};
use scoped_runtime::testing::__private::off_thread;
use tokio::sync::OnceCell;

use crate::{KitError, Result, python};

const STEP: &str = "moto";
/// The time to wait in `drop` until the server has ended; it needs milliseconds.
const STOP_TIME: Duration = Duration::from_secs(5);

/// AWS KMS for this process only, by `moto` on a free port. Its script is `tests/python/kms.py`.
///
/// Dropping it stops it. It also stops when this process ends, even by a panic or SIGKILL, because the
/// server ends when the pipe to it closes.
pub struct Moto {
    url: String,
    server: Child,
    /// The pipe is closed on exec, so no other child process holds it open.
    input: Option<ChildStdin>,
}

impl Moto {
    /// Starts a server. The first start on a machine also installs it, which takes up to a minute; later
    /// starts take a second.
    pub async fn start() -> Result<Self> {
        off_thread(STEP, || {
            let path = std::env::var_os("PATH").unwrap_or_default();
            Self::launch(&python::install(&path, Path::new(python::FILES))?)
        })
        .await
    }

    /// Returns the shared server of this process, which ends with the process. A failed start is not
    /// repeated.
    pub async fn shared() -> std::result::Result<&'static Self, &'static KitError> {
        static SHARED: OnceCell<Result<Moto>> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await.as_ref()
    }

    fn launch(python: &Path) -> Result<Self> {
        let mut server = Command::new(python)
            // Isolated mode: neither a `PYTHON...` variable nor a package of the user changes what runs
            // here.
            .args(["-I", "kms.py"])
            .current_dir(python::FILES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| KitError::io(STEP, python, error).remedy(reinstall()))?;
        let input = server.stdin.take();
        // The log is read to its end, because a full pipe would stop the server.
        let log = server.stderr.take().map(|mut stderr| {
            thread::spawn(move || {
                let mut log = Vec::new();
                // After an error the log is what could be read.
                let _ = stderr.read_to_end(&mut log);
                String::from_utf8_lossy(&log).into_owned()
            })
        });
        let mut line = String::new();
        if let Some(output) = server.stdout.take() {
            // After an error the line is empty.
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let Ok(port) = line.trim().parse::<u16>() else {
            let _ = server.kill();
            let _ = server.wait();
            let log = log.and_then(|log| log.join().ok()).unwrap_or_default();
            let error = KitError::new(STEP, "it did not start");
            return Err(error.remedy(reinstall()).log(&log, &[]));
        };
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            server,
            input,
        })
    }

    /// The URL of the server.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a client of this server.
    pub fn client(&self) -> Client {
        kms_client(&self.url)
    }
}

/// Returns a client of the server at `url`, over plain HTTP and with invalid credentials.
pub fn kms_client(url: &str) -> Client {
    let config = Config::builder()
        .behavior_version_latest()
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(
            "AKIDTEST",
            "test-secret",
            None,
            None,
            "test",
        ))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

fn reinstall() -> String {
    format!("delete {}/.venv, and it is installed anew", python::FILES)
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.input.take());
        let deadline = Instant::now() + STOP_TIME;
        while Instant::now() < deadline {
            if !matches!(self.server.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl std::fmt::Debug for Moto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moto")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
