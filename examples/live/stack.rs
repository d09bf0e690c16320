//! The project that is tried, and the two users.

use aws_lc_rs::digest::{SHA256, digest};
use scoped_runtime::{Config, ConfigBuilder, Error, ScopedClient, ScopedClients};

use crate::local::Local;
use crate::options::Options;
use crate::redaction::Redaction;
use crate::report::{Attempt, Failure};
use crate::{Result, direct_postgres};

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
const BOB: &str = "b0b00000-0000-4000-8000-000000000002";
const MALLORY: &str = "0dd00000-0000-4000-8000-000000000003";

/// The variables whose values the report hides.
const SECRETS: [&str; 6] = [
    "SUPABASE_KEY",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_ANON_KEY",
    "SUPABASE_JWT_SECRET",
    "SUPABASE_SIGNING_KEY",
    "DATABASE_URL",
];

/// A project, two of its users, and one who is neither.
pub(crate) struct Stack {
    pub(crate) clients: ScopedClients,
    pub(crate) alice: ScopedClient,
    pub(crate) bob: ScopedClient,
    pub(crate) mallory: ScopedClient,
    /// Why direct Postgres is not tried.
    pub(crate) without_database: Option<String>,
    /// Whether Auth knows the users.
    pub(crate) has_users: bool,
    has_sql: bool,
    host: String,
    local: Option<Local>,
}

impl Stack {
    /// The project that the environment names, or a local server.
    pub(crate) async fn start(options: &Options) -> Result<Self> {
        let local = if options.is_local {
            Some(Local::start().await?)
        } else {
            None
        };
        let named = match &local {
            Some(local) => Some(local.users.clone()),
            None => users_of_environment()?,
        };
        let database = match &local {
            Some(local) => Some(local.database_url().to_owned()),
            None => variable("DATABASE_URL"),
        };
        let has_users = named.is_some();
        let [alice, bob] = named.unwrap_or([ALICE, BOB].map(str::to_owned));
        let config = config_builder(local.as_ref()).build()?;
        let host = host_of(config.url());
        let mut clients = ScopedClients::new(config)?;
        let without_database = match database.as_deref().map(direct_postgres::pool) {
            Some(Ok(pool)) => {
                clients = clients.with_postgres(pool)?;
                None
            }
            Some(Err(why)) => Some(why),
            None => Some("`DATABASE_URL` is not set".to_owned()),
        };
        let alice = clients.get(alice)?;
        Ok(Self {
            has_sql: has_sql(&alice).await?,
            bob: clients.get(bob)?,
            mallory: clients.get(MALLORY)?,
            alice,
            clients,
            without_database,
            has_users,
            host,
            local,
        })
    }

    /// The configuration of the project, to be changed.
    pub(crate) fn config_builder(&self) -> ConfigBuilder {
        config_builder(self.local.as_ref())
    }

    /// Skips the feature if the database lacks what `--sql` prints.
    pub(crate) fn needs_sql(&self) -> Attempt {
        if self.has_sql {
            return Ok(());
        }
        let why = "run what `--sql` prints in the project's database first";
        Err(Failure::Skipped(why.to_owned()))
    }

    /// What the report must not show.
    pub(crate) fn redaction(&self) -> Redaction {
        let mut redaction = Redaction::default();
        for secret in SECRETS.iter().copied().filter_map(variable) {
            redaction.hide(secret, "<secret>");
        }
        for secret in self.local.iter().flat_map(Local::secrets) {
            redaction.hide(secret, "<secret>");
        }
        redaction.hide(&*self.host, "<project>");
        // Other hosts of the project have its reference in their names, such as the database's.
        if let Some(reference) = self.host.strip_suffix(".supabase.co") {
            redaction.hide(reference, "<project>");
        }
        for (client, name) in [(&self.alice, "<alice>"), (&self.bob, "<bob>")] {
            redaction.hide(client.user_id().as_str(), name);
        }
        redaction
    }

    /// The first 8 digits of the SHA-256 of the project's host: two tables of one project have the same hash, and the
    /// host cannot be read from it.
    pub(crate) fn project_hash(&self) -> String {
        let hash = digest(&SHA256, self.host.as_bytes());
        let first = hash.as_ref().first_chunk().copied().unwrap_or_default();
        format!("{:08x}", u32::from_be_bytes(first))
    }
}

fn config_builder(local: Option<&Local>) -> ConfigBuilder {
    local.map_or_else(Config::builder, Local::config_builder)
}

/// Whether the database has what `--sql` prints.
async fn has_sql(alice: &ScopedClient) -> Result<bool> {
    let outcome = alice
        .from("scoped_live_notes")
        .select("id")
        .limit(1)
        .execute()
        .await;
    match outcome {
        Ok(_) => Ok(true),
        // Every other mistake is a row of the report.
        Err(Error::Api(error)) => Ok(!matches!(error.code(), Some("PGRST205" | "42P01"))),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn users_of_environment() -> Result<Option<[String; 2]>> {
    let Some(users) = variable("SCOPED_LIVE_USERS") else {
        return Ok(None);
    };
    match users.split_once(',') {
        Some((alice, bob)) => Ok(Some([alice, bob].map(|user| user.trim().to_owned()))),
        None => Err("`SCOPED_LIVE_USERS` has one ID; name two, with a comma between them".into()),
    }
}

/// The host of a URL, with its port.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}
