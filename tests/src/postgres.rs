use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::{Result, StartError};
use crate::install::{Installation, Machine};
use crate::node::run_script;
use crate::postgres_programs::{find_programs, ordinary_user};
use crate::watchdog::{Program, Watchdog};

const STEP: &str = "postgres";
const INITDB: &str = "initdb";
/// The number of attempts to find a port, because another process may take it between its choice and its
/// use.
pub(crate) const PORT_TRIES: usize = 5;
const LIMIT: Duration = Duration::from_mins(2);

/// A running PostgreSQL on the loopback address, with passwords.
pub(crate) struct Postgres {
    port: u16,
    superuser_password: String,
    login_password: String,
}

impl Postgres {
    pub(crate) fn start(
        machine: &Machine,
        installation: &Installation,
        watchdog: &mut Watchdog,
    ) -> Result<Self> {
        let programs = find_programs(machine, installation)?;
        let run_as = if watchdog.is_root {
            Some(ordinary_user()?)
        } else {
            None
        };
        let superuser_password = watchdog.random()?;
        let login_password = watchdog.random()?;

        let data = init(watchdog, &programs, run_as, &superuser_password)?;
        let port = serve(watchdog, &programs, run_as, &data)?;
        let postgres = Self {
            port,
            superuser_password,
            login_password,
        };
        postgres.sql(installation, &postgres.roles())?;
        Ok(postgres)
    }

    /// The URL with which Lite connects: an ordinary login role, as Supabase's own `authenticator` is.
    pub(crate) fn login_url(&self) -> String {
        self.url("authenticator", &self.login_password)
    }

    /// Runs SQL as superuser.
    pub(crate) fn sql(&self, installation: &Installation, statement: &str) -> Result<Value> {
        self.script(installation, "sql", json!({ "statement": statement }))
    }

    /// Applies each history to a database of its own, as superuser.
    pub(crate) fn histories(
        &self,
        installation: &Installation,
        before: &str,
        histories: &[Vec<String>],
    ) -> Result<Value> {
        let input = json!({ "before": before, "histories": histories });
        self.script(installation, "histories", input)
    }

    fn script(
        &self,
        installation: &Installation,
        name: &'static str,
        mut input: Value,
    ) -> Result<Value> {
        input["url"] = self.url("postgres", &self.superuser_password).into();
        let secrets = [&*self.superuser_password, &*self.login_password];
        let script = installation.script(&format!("{name}.mjs"));
        run_script(name, &installation.node, &script, &input, &secrets)
    }

    fn url(&self, user: &str, password: &str) -> String {
        format!(
            "postgres://{user}:{password}@127.0.0.1:{}/postgres",
            self.port
        )
    }

    /// The roles that hosted Supabase has before the first migration. Only a superuser can grant
    /// `bypassrls`.
    fn roles(&self) -> String {
        format!(
            "create role anon nologin noinherit;
             create role authenticated nologin noinherit;
             create role service_role nologin noinherit bypassrls;
             create role authenticator login createrole noinherit password '{}';
             grant anon, authenticated, service_role to authenticator with admin option;
             alter database postgres owner to authenticator;
             alter schema public owner to authenticator;",
            self.login_password
        )
    }
}

/// Returns a port that is free at this moment.
pub(crate) fn free_port(step: &'static str) -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| StartError::new(step, format!("no free port: {error}")))
}

fn init(
    watchdog: &mut Watchdog,
    programs: &Path,
    run_as: Option<(u32, u32)>,
    password: &str,
) -> Result<PathBuf> {
    let data = watchdog.folder.join("data");
    let password_file = watchdog.folder.join("password");
    fs::create_dir(&data).map_err(|error| StartError::io(INITDB, &data, error))?;
    fs::write(&password_file, password)
        .map_err(|error| StartError::io(INITDB, &password_file, error))?;
    #[cfg(unix)]
    hand_over(&watchdog.folder, run_as, [&data, &password_file])?;

    let program = programs.join(INITDB);
    let mut args = vec!["-D".to_owned(), data.display().to_string()];
    args.push(format!("--pwfile={}", password_file.display()));
    args.extend(
        [
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        .map(str::to_owned),
    );
    let folder = watchdog.folder.clone();
    let initdb = Program {
        step: INITDB,
        path: &program,
        args,
        env: Vec::new(),
        cwd: &folder,
        run_as,
        // After a SIGKILL its child processes would leave shared memory behind.
        stop: Some("SIGTERM"),
        talks: false,
    };
    watchdog.run(&initdb, LIMIT).map_err(|error| {
        let error = error.log(&watchdog.log(INITDB), &[password]);
        if run_as.is_some() {
            error.remedy(
                "as root it runs as `postgres` or `nobody`, who must be able to read its folder",
            )
        } else {
            error
        }
    })?;
    fs::remove_file(&password_file)
        .map_err(|error| StartError::io(INITDB, &password_file, error))?;
    Ok(data)
}

/// Gives `paths` to the user that PostgreSQL runs as, and removes the access of all others.
#[cfg(unix)]
fn hand_over(folder: &Path, run_as: Option<(u32, u32)>, paths: [&Path; 2]) -> Result<()> {
    use std::os::unix::fs::{PermissionsExt, chown};

    for path in paths {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .and_then(|()| match run_as {
                Some((uid, gid)) => chown(path, Some(uid), Some(gid)),
                None => Ok(()),
            })
            .map_err(|error| StartError::io(INITDB, path, error))?;
    }
    if run_as.is_some() {
        // The user of PostgreSQL must be able to reach its own folder and to list no other.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o711))
            .map_err(|error| StartError::io(INITDB, folder, error))?;
    }
    Ok(())
}

fn serve(
    watchdog: &mut Watchdog,
    programs: &Path,
    run_as: Option<(u32, u32)>,
    data: &Path,
) -> Result<u16> {
    let program = programs.join(STEP);
    let folder = watchdog.folder.clone();
    for _ in 0..PORT_TRIES {
        let port = free_port(STEP)?;
        let mut args = vec!["-D".to_owned(), data.display().to_string()];
        args.extend(["-h", "127.0.0.1", "-k", "", "-p"].map(str::to_owned));
        args.push(port.to_string());
        // No data outlives the process, so nothing has to be flushed to the disk.
        for setting in [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
        ] {
            args.extend(["-c".to_owned(), setting.to_owned()]);
        }
        let running = watchdog.spawn(&Program {
            step: STEP,
            path: &program,
            args,
            env: Vec::new(),
            cwd: &folder,
            run_as,
            stop: Some("SIGQUIT"),
            talks: false,
        })?;
        let deadline = Instant::now() + LIMIT;
        loop {
            if is_ready(data) {
                return Ok(port);
            }
            if let Some(code) = watchdog.end_of(running, Duration::from_millis(10)) {
                if watchdog.log(STEP).contains("could not bind") {
                    break;
                }
                return Err(StartError::new(STEP, format!("it ended with {code}"))
                    .log(&watchdog.log(STEP), &[]));
            }
            if Instant::now() > deadline {
                return Err(
                    StartError::new(STEP, "it did not become ready").log(&watchdog.log(STEP), &[])
                );
            }
        }
    }
    Err(StartError::new(STEP, "every port was taken").log(&watchdog.log(STEP), &[]))
}

/// The last line of `postmaster.pid` is its state.
fn is_ready(data: &Path) -> bool {
    fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| {
        text.lines()
            .nth(7)
            .is_some_and(|state| state.trim() == "ready")
    })
}
