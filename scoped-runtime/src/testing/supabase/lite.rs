use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use super::node::Installation;
use crate::testing::error::{KitError, Result};
use crate::testing::machine::random_hex;
use crate::testing::postgres::{Login, PORT_TRIES, free_port};
use crate::testing::supervisor::{Program, Supervisor};

const STEP: &str = "lite";
const PREPARE: &str = "prepare";
const LIMIT: Duration = Duration::from_secs(2 * 60);
/// The most bytes of an answer that are read to see whether Lite is ready.
const ANSWER_LIMIT: u64 = 64 * 1024;

/// The keys of one start. The type has no `Debug`, so that no log can show them.
pub(crate) struct Keys {
    /// The secret of Lite and of the gateways in front of it. No token that a test makes is signed with it.
    pub(crate) lite_secret: String,
    pub(crate) publishable: String,
    pub(crate) secret: String,
}

impl Keys {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            lite_secret: random_hex::<32>(STEP)?,
            publishable: format!("sb_publishable_{}", random_hex::<32>(STEP)?),
            secret: format!("sb_secret_{}", random_hex::<32>(STEP)?),
        })
    }
}

/// A running `@supabase/lite`. Dropping it stops it.
pub(crate) struct Lite {
    pub(crate) port: u16,
    /// The supervisor's folder has the configuration and the files of Storage.
    pub(crate) supervisor: Supervisor,
}

/// Makes the tables of Auth and Storage in an empty database.
pub(crate) fn prepare(installation: &Installation, database: &Login) -> Result<()> {
    let keys = Keys::new()?;
    let start = Start {
        installation,
        database,
        keys: &keys,
        schemas: &["public".to_owned()],
    };
    let supervisor = start.supervisor(PREPARE, &["migration", "up"], 0)?;
    supervisor.wait_for_end(LIMIT, &start.secrets())
}

/// Starts Lite on a database with all its migrations, because Lite reads the schema once.
pub(crate) fn start(
    installation: &Installation,
    database: &Login,
    keys: &Keys,
    schemas: &[String],
) -> Result<Lite> {
    let start = Start {
        installation,
        database,
        keys,
        schemas,
    };
    start.serve()
}

struct Start<'a> {
    installation: &'a Installation,
    database: &'a Login,
    keys: &'a Keys,
    schemas: &'a [String],
}

impl Start<'_> {
    /// Makes a project folder and starts a command of Lite in it.
    fn supervisor(&self, step: &'static str, command: &[&str], port: u16) -> Result<Supervisor> {
        let cli = "node_modules/@supabase/lite/dist/cli/index.js";
        let cli = self.installation.folder.join(cli);
        let mut args = vec![cli.display().to_string(), "--no-telemetry".to_owned()];
        args.extend(command.iter().map(|&word| word.to_owned()));
        let yes = || "1".to_owned();
        let mut supervisor = Supervisor::start(&Program {
            step,
            path: &self.installation.node,
            args,
            env: vec![
                ("DO_NOT_TRACK", yes()),
                ("LITE_TELEMETRY", "0".to_owned()),
                ("EXPERIMENTAL_STORAGE", yes()),
                ("DATABASE_URL", self.database.url().to_owned()),
                ("JWT_SECRET", self.keys.lite_secret.clone()),
                ("SUPABASE_PUBLISHABLE_KEY", self.keys.publishable.clone()),
                ("SUPABASE_SECRET_KEY", self.keys.secret.clone()),
            ],
            run_as: None,
            stop: "KILL",
        })?;
        self.write_project(supervisor.folder(), port)?;
        supervisor.run()?;
        Ok(supervisor)
    }

    fn write_project(&self, folder: &Path, port: u16) -> Result<()> {
        // A JSON array of texts is one in TOML, too.
        let schemas = serde_json::Value::from(self.schemas.to_vec());
        // Without `anonymous_enabled = false` Lite treats a malformed token as a missing one.
        let config = format!(
            r#"[api]
port = {port}
schemas = {schemas}
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
        let supabase = folder.join("supabase");
        let file = supabase.join("config.toml");
        fs::create_dir_all(supabase.join("migrations"))
            .and_then(|()| fs::write(&file, config))
            .map_err(|error| KitError::io(STEP, &file, error))
    }

    fn serve(&self) -> Result<Lite> {
        for _ in 0..PORT_TRIES {
            let port = free_port(STEP)?;
            // In the admin mode a request without a key would act as `service_role`.
            let supervisor = self.supervisor(STEP, &["start", "--no-admin"], port)?;
            // The request has the key of this start, so another server on the port is not mistaken for this one.
            let is_ready = || is_ready(port, &self.keys.publishable);
            match supervisor.wait_until(LIMIT, &self.secrets(), is_ready) {
                Ok(()) => return Ok(Lite { port, supervisor }),
                Err(_) if supervisor.log().contains("already in use") => {}
                Err(error) => return Err(error),
            }
        }
        Err(KitError::new(STEP, "every port was taken"))
    }

    fn secrets(&self) -> [&str; 5] {
        let Keys {
            lite_secret,
            publishable,
            secret,
        } = self.keys;
        let database = self.database;
        [
            database.url(),
            database.password(),
            lite_secret,
            publishable,
            secret,
        ]
    }
}

/// Returns whether Lite says that a table does not exist, for which it must have read the schema, and has taken a role
/// once. Until it has, requests that come at the same time are refused as if by a policy, or fail.
fn is_ready(port: u16, api_key: &str) -> bool {
    let has_schema = ask(port, api_key, "/rest/v1/a_table_that_no_project_has")
        .is_ok_and(|answer| answer.starts_with("HTTP/1.1 404") && answer.contains("PGRST205"));
    // A list of buckets as `anon`, without an effect.
    let has_role = || {
        ask(port, api_key, "/storage/v1/bucket")
            .is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    };
    has_schema && has_role()
}

fn ask(port: u16, api_key: &str, path: &str) -> std::io::Result<String> {
    let limit = Some(Duration::from_secs(5));
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(limit)?;
    stream.set_write_timeout(limit)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\napikey: {api_key}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.take(ANSWER_LIMIT).read_to_string(&mut answer)?;
    Ok(answer)
}
