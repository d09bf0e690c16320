use std::collections::BTreeSet;

use tokio::sync::oneshot;
use tokio_postgres::NoTls;

use super::session::Login;
use crate::testing::error::{KitError, Result};

const STEP: &str = "postgres";

/// The server of `DATABASE_URL`, on which a process makes databases and a login role of its own.
///
/// A connection that stays open as long as this value says that the process is alive. What processes without
/// such a connection have left is removed by the next one that starts.
pub(crate) struct ExistingServer {
    admin: Login,
    /// Dropping it closes the connection.
    _alive: oneshot::Sender<()>,
}

impl ExistingServer {
    /// Says that the process with this ID is alive, and removes what others have left.
    pub(crate) fn start(url: &str, id: &str) -> Result<Self> {
        let admin = Login::parse(url).ok_or_else(|| {
            KitError::new(STEP, "DATABASE_URL is not a `postgres://` URL")
                .remedy("correct it, or unset it to start a server")
        })?;
        let alive = stay_connected(&admin, &process_name(id))?;
        // Another process may remove the same at the same time.
        let _ = sweep(&admin);
        Ok(Self {
            admin,
            _alive: alive,
        })
    }

    pub(crate) fn admin(&self) -> &Login {
        &self.admin
    }
}

/// The name of a process among the connections of the server, and the beginning of the names of its databases.
pub(crate) fn process_name(id: &str) -> String {
    format!("scoped_kit_{id}")
}

/// The login role of a process.
pub(crate) fn app_role(id: &str) -> String {
    format!("scoped_app_{id}")
}

fn stay_connected(admin: &Login, name: &str) -> Result<oneshot::Sender<()>> {
    let (alive, end) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    let mut config = admin.config(STEP)?;
    config.application_name(name);
    std::thread::Builder::new()
        .name("test-kit-alive".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                match config.connect(NoTls).await {
                    Ok((_client, connection)) => {
                        let _ = tell.send(Ok(()));
                        let connection = std::pin::pin!(connection);
                        futures_util::future::select(connection, end).await;
                    }
                    Err(error) => {
                        let cause = format!("DATABASE_URL cannot be reached: {error}");
                        let _ = tell.send(Err(KitError::new(STEP, cause)
                            .remedy("start that server, or unset it to start one here")
                            .caused_by(error)));
                    }
                }
            });
        })
        .map_err(|error| KitError::new(STEP, format!("no thread: {error}")))?;
    let answer = told.recv();
    answer.unwrap_or_else(|_| Err(KitError::new(STEP, "no runtime for a connection")))?;
    Ok(alive)
}

/// Removes the databases and roles of processes that have ended without doing so.
fn sweep(admin: &Login) -> Result<()> {
    let alive = admin.texts(
        STEP,
        "select distinct application_name from pg_stat_activity where application_name like 'scoped\\_kit\\_%'",
    )?;
    let databases = admin.texts(
        STEP,
        "select datname from pg_database where datname ~ '^scoped_kit_[0-9a-f]{16}_'",
    )?;
    let roles = admin.texts(
        STEP,
        "select rolname from pg_roles where rolname ~ '^scoped_app_[0-9a-f]{16}$'",
    )?;
    let is_left = |id: &str| !alive.contains(&process_name(id));
    let id_of = |name: &str| name.get(11..27).map(str::to_owned);
    let mut made_roles = BTreeSet::new();
    for database in databases {
        if id_of(&database).is_some_and(|id| is_left(&id)) {
            made_roles.extend(recorded_roles(admin, &database)?);
            // One that cannot be removed does not keep the others.
            let _ = drop_database(admin, &database);
        }
    }
    for role in roles {
        if id_of(&role).is_some_and(|id| is_left(&id)) {
            made_roles.insert(role);
        }
    }
    drop_roles(admin, made_roles);
    Ok(())
}

/// Records the roles that a project's migrations have made, so that they can be removed with their database.
pub(crate) fn record_roles(admin: &Login, database: &str, roles: &[String]) -> Result<()> {
    let list = serde_json::Value::from(roles.to_vec()).to_string();
    let comment = format!("comment on database {database} is {}", literal(&list));
    admin.execute(STEP, &comment)
}

fn recorded_roles(admin: &Login, database: &str) -> Result<Vec<String>> {
    let comment = admin.texts(
        STEP,
        &format!(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = {}",
            literal(database)
        ),
    )?;
    let comment = comment.first().map_or("[]", String::as_str);
    Ok(serde_json::from_str(comment).unwrap_or_default())
}

pub(crate) fn drop_database(admin: &Login, database: &str) -> Result<()> {
    admin.execute(
        STEP,
        &format!("drop database if exists {database} with (force)"),
    )
}

/// Drops the roles that nothing refers to any more.
pub(crate) fn drop_roles(admin: &Login, roles: impl IntoIterator<Item = String>) {
    for role in roles {
        // A role that another process uses stays.
        let _ = admin.execute(STEP, &format!("drop role if exists {}", identifier(&role)));
    }
}

/// The text as a literal, also where `standard_conforming_strings` is off.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''").replace('\\', "\\\\");
    if text.contains('\\') {
        format!("E'{quoted}'")
    } else {
        format!("'{quoted}'")
    }
}

/// The name in quotes.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
