use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::error::{Result, StartError};
use crate::install::Installation;
use crate::postgres::{PORT_TRIES, Postgres, free_port};
use crate::watchdog::{Program, Watchdog};

const STEP: &str = "lite";
const MIGRATE: &str = "migrate";
const LIMIT: Duration = Duration::from_mins(2);

/// The keys of one start. The type has no `Debug`, so that no log can show them.
pub(crate) struct Keys {
    /// The secret of Lite and of the gateways in front of it. No token that a test makes is signed with it.
    pub(crate) lite_secret: String,
    pub(crate) publishable: String,
    pub(crate) secret: String,
}

/// Applies the migrations, starts Lite, and returns the port on which it answers.
///
/// Lite reads the schema once, so the migrations come first.
pub(crate) fn start(
    installation: &Installation,
    watchdog: &mut Watchdog,
    postgres: &Postgres,
    keys: &Keys,
) -> Result<u16> {
    let database_url = postgres.login_url();
    let lite = Lite {
        installation,
        project: watchdog.folder.join("project"),
        database_url: &database_url,
        keys,
    };
    lite.write_project()?;
    lite.write_config(0)?;
    let migrate = lite.program(MIGRATE, &["migration", "up"]);
    watchdog
        .run(&migrate, LIMIT)
        .map_err(|error| error.log(&watchdog.log(MIGRATE), &lite.secrets()))?;
    lite.serve(watchdog)
}

struct Lite<'a> {
    installation: &'a Installation,
    project: PathBuf,
    database_url: &'a str,
    keys: &'a Keys,
}

impl Lite<'_> {
    /// Makes a project folder with all migrations.
    fn write_project(&self) -> Result<()> {
        let to = self.project.join("supabase").join("migrations");
        let copy = |from: &Path| {
            fs::create_dir_all(&to)?;
            for file in fs::read_dir(from)? {
                let file = file?;
                fs::copy(file.path(), to.join(file.file_name()))?;
            }
            Ok(())
        };
        self.installation
            .migrations
            .iter()
            .try_for_each(|from| copy(from).map_err(|error| StartError::io(MIGRATE, from, error)))
    }

    fn write_config(&self, port: u16) -> Result<()> {
        // Without `anonymous_enabled = false` Lite treats a malformed token as a missing one.
        let config = format!(
            r#"[api]
port = {port}
schemas = ["public", "api2"]
anonymous_enabled = false

[db]
driver = "postgres"
url = "env(DATABASE_URL)"

[auth]
enabled = true
jwt_secret = "env(JWT_SECRET)"
publishable_key = "env(SUPABASE_PUBLISHABLE_KEY)"
secret_key = "env(SUPABASE_SECRET_KEY)"

[storage]
enabled = true
"#
        );
        let path = self.project.join("supabase").join("config.toml");
        fs::write(&path, config).map_err(|error| StartError::io(STEP, &path, error))
    }

    fn program<'a>(&'a self, step: &'static str, command: &[&str]) -> Program<'a> {
        let cli = self
            .installation
            .modules
            .join("@supabase/lite/dist/cli/index.js");
        let mut args = vec![cli.display().to_string(), "--no-telemetry".to_owned()];
        args.extend(command.iter().map(|&word| word.to_owned()));
        let yes = || "1".to_owned();
        Program {
            step,
            path: &self.installation.node,
            args,
            env: vec![
                ("DO_NOT_TRACK", yes()),
                ("LITE_TELEMETRY", "0".to_owned()),
                ("EXPERIMENTAL_STORAGE", yes()),
                ("DATABASE_URL", self.database_url.to_owned()),
                ("JWT_SECRET", self.keys.lite_secret.clone()),
                ("SUPABASE_PUBLISHABLE_KEY", self.keys.publishable.clone()),
                ("SUPABASE_SECRET_KEY", self.keys.secret.clone()),
            ],
            cwd: &self.project,
            run_as: None,
            stop: None,
            talks: false,
        }
    }

    fn serve(&self, watchdog: &mut Watchdog) -> Result<u16> {
        for _ in 0..PORT_TRIES {
            let port = free_port(STEP)?;
            self.write_config(port)?;
            // In the admin mode a request without a key would act as `service_role`.
            let running = watchdog.spawn(&self.program(STEP, &["start", "--no-admin"]))?;
            let deadline = Instant::now() + LIMIT;
            loop {
                // The request has the key of this start, so another server on the port is not mistaken for
                // this one.
                if answers(port, &self.keys.publishable) {
                    return Ok(port);
                }
                if let Some(code) = watchdog.end_of(running, Duration::from_millis(20)) {
                    if watchdog.log(STEP).contains("already in use") {
                        break;
                    }
                    return Err(self.failed(watchdog, format!("it ended with {code}")));
                }
                if Instant::now() > deadline {
                    return Err(self.failed(watchdog, "it did not become ready".to_owned()));
                }
            }
        }
        Err(self.failed(watchdog, "every port was taken".to_owned()))
    }

    fn failed(&self, watchdog: &Watchdog, cause: String) -> StartError {
        StartError::new(STEP, cause).log(&watchdog.log(STEP), &self.secrets())
    }

    fn secrets(&self) -> [&str; 4] {
        let Keys {
            lite_secret,
            publishable,
            secret,
        } = self.keys;
        [self.database_url, lite_secret, publishable, secret]
    }
}

/// Returns whether a function of the migrations can be called, which needs HTTP, PostgreSQL and the schema.
fn answers(port: u16, api_key: &str) -> bool {
    let limit = Some(Duration::from_secs(5));
    let ask = || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(limit)?;
        stream.set_write_timeout(limit)?;
        write!(
            stream,
            "GET /rest/v1/rpc/add?a=1&b=2 HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\
             apikey: {api_key}\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
