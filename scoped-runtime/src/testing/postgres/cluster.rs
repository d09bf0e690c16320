use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::existing::{self, ExistingServer, app_role, process_name};
use super::local::LocalServer;
use super::migrations::SqlFiles;
use super::session::{Login, refused, texts};
use crate::testing::error::Result;
use crate::testing::machine::random_hex;

const STEP: &str = "postgres";
const ROLES: &str = include_str!("sql/roles.sql");
const PROJECT: &str = include_str!("sql/project.sql");
const SERVICES: &str = include_str!("sql/services.sql");
/// A row if the user of the connection can become a role `postgres` as a project has it.
const HAS_POSTGRES: &str = "select 1 from pg_roles me, pg_roles postgres
    where me.rolname = current_user and me.rolsuper and postgres.rolname = 'postgres' and not postgres.rolsuper";
/// The local server brings tables of its own, on which migrations make policies and triggers as `postgres`.
const LITE_PRIVILEGES: &str = "
    grant all on all tables in schema auth, storage, realtime to supabase_lite with grant option;
    grant all on all tables in schema auth, storage, realtime to postgres;
    grant usage, create on schema auth, storage, realtime to supabase_lite, postgres;
    -- Its own functions know only the setting for the single claim, not `request.jwt.claims`; it goes on without
    -- replacing ours.
    alter function auth.uid() owner to current_user;
    alter function auth.jwt() owner to current_user;
    alter function auth.role() owner to current_user;
    alter function auth.email() owner to current_user";

/// What a database begins with, before the migrations.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The tables of Auth and Storage are the kit's, for policies.
    Plain,
    /// The tables of Auth and Storage are those of the local server, which owns the database.
    Lite,
}

/// A PostgreSQL server with Supabase's roles, and the templates that were made on it.
pub(crate) struct Cluster {
    server: Server,
    id: String,
    is_before_15: bool,
    /// Whether migrations are applied by `postgres`, who is not a superuser in a project.
    has_postgres: bool,
    postgres_password: String,
    app_password: String,
    lite_password: String,
    state: Mutex<State>,
    databases: AtomicU64,
}

enum Server {
    Local(LocalServer),
    Existing(ExistingServer),
}

#[derive(Default)]
struct State {
    templates: HashMap<(Kind, SqlFiles), Result<String>>,
    /// The roles that migrations have made.
    roles: Vec<String>,
}

impl Cluster {
    pub(crate) fn local(programs: &Path) -> Result<Self> {
        let server = LocalServer::start(programs)?;
        Self::new(Server::Local(server), random_hex::<8>(STEP)?)
    }

    pub(crate) fn existing(url: &str) -> Result<Self> {
        let id = random_hex::<8>(STEP)?;
        let server = ExistingServer::start(url, &id)?;
        Self::new(Server::Existing(server), id)
    }

    fn new(server: Server, id: String) -> Result<Self> {
        let mut cluster = Self {
            server,
            id,
            is_before_15: false,
            has_postgres: false,
            postgres_password: random_hex::<16>(STEP)?,
            app_password: random_hex::<16>(STEP)?,
            lite_password: random_hex::<16>(STEP)?,
            state: Mutex::default(),
            databases: AtomicU64::new(0),
        };
        let admin = cluster.admin();
        let role = cluster.app_role();
        let mut roles = format!(
            "{ROLES}
             create role {role} login noinherit password '{}';
             grant anon, authenticated to {role};",
            cluster.app_password
        );
        if let Server::Local(_) = cluster.server {
            let _ = write!(
                roles,
                "alter role postgres password '{}';
                 alter database postgres owner to postgres;
                 create role supabase_lite login createrole noinherit password '{}';
                 grant anon, authenticated, service_role to supabase_lite with admin option;
                 grant supabase_lite to postgres;",
                cluster.postgres_password, cluster.lite_password
            );
        }
        // One connection, since each costs as much as its statements.
        let (version, has_postgres) = admin
            .run(STEP, "", async |client| {
                let made = client.batch_execute(&roles).await;
                made.map_err(|error| refused(STEP, error))?;
                let version = texts(STEP, client, "show server_version_num").await?;
                Ok((version, texts(STEP, client, HAS_POSTGRES).await?))
            })
            .map_err(|error| {
                if let Server::Existing(_) = cluster.server {
                    error.remedy(
                        "DATABASE_URL must name a user who may create databases and Supabase's roles",
                    )
                } else {
                    error
                }
            })?;
        let version = version.first().and_then(|text| text.parse::<u32>().ok());
        cluster.is_before_15 = version.is_some_and(|version| version < 150_000);
        cluster.has_postgres = !has_postgres.is_empty();
        Ok(cluster)
    }

    /// The superuser, or the user of `DATABASE_URL`.
    pub(crate) fn admin(&self) -> Login {
        match &self.server {
            Server::Local(server) => server.superuser(),
            Server::Existing(server) => server.admin().clone(),
        }
    }

    /// The user who applies migrations, and the role that this user takes: `postgres`, unless a server that is there
    /// already has none as a project's.
    fn migrator(&self) -> (Login, Option<&'static str>) {
        match &self.server {
            Server::Local(server) => (server.login("postgres", &self.postgres_password), None),
            Server::Existing(server) => {
                let role = self.has_postgres.then_some("postgres");
                (server.admin().clone(), role)
            }
        }
    }

    /// Whether the server can have a template of these files: it has one, or no migration has made roles.
    pub(crate) fn suits(&self, key: &(Kind, SqlFiles)) -> bool {
        let state = lock(&self.state);
        state.roles.is_empty() || state.templates.contains_key(key)
    }

    /// Returns the name of the template with these files, which is made at the first call.
    pub(crate) fn template(
        &self,
        key: (Kind, SqlFiles),
        prepare: impl FnOnce(&Login) -> Result<()>,
    ) -> Result<String> {
        let mut state = lock(&self.state);
        if let Some(made) = state.templates.get(&key) {
            return made.clone();
        }
        let name = self.new_name();
        let roles = "select rolname from pg_roles";
        let before = self.admin().texts(STEP, roles)?;
        let made = self.make_template(&name, &key, prepare);
        let mut after = self.admin().texts(STEP, roles)?;
        after.retain(|role| !before.contains(role));
        if let (Server::Existing(_), false) = (&self.server, after.is_empty()) {
            existing::record_roles(&self.admin(), &name, &after)?;
        }
        if made.is_err() {
            let _ = existing::drop_database(&self.admin(), &name);
        }
        state.roles.append(&mut after);
        // An error is kept too, so that every test shows the same one at once.
        state.templates.insert(key, made.clone());
        made
    }

    fn make_template(
        &self,
        name: &str,
        (kind, files): &(Kind, SqlFiles),
        prepare: impl FnOnce(&Login) -> Result<()>,
    ) -> Result<String> {
        let admin = self.admin();
        let owner = self.owner(*kind);
        admin.execute(STEP, &format!("create database {name}{owner}"))?;
        let inside = admin.database(name);
        match kind {
            Kind::Plain => inside.execute(STEP, &format!("{PROJECT}{SERVICES}"))?,
            Kind::Lite => {
                inside.execute(STEP, "alter schema public owner to supabase_lite")?;
                prepare(&self.lite().database(name))?;
                inside.execute(STEP, PROJECT)?;
                inside.execute(STEP, LITE_PRIVILEGES)?;
            }
        }
        let (migrator, role) = self.migrator();
        files.apply(&migrator.database(name), role)?;
        if *kind == Kind::Lite {
            // The local server grants privileges on every table, which only an owner can do.
            inside.execute(STEP, "reassign owned by postgres to supabase_lite")?;
        }
        admin.execute(
            STEP,
            &format!("alter database {name} allow_connections false"),
        )?;
        Ok(name.to_owned())
    }

    /// The clause that names the owner of a new database.
    fn owner(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Lite => " owner supabase_lite",
            Kind::Plain if self.has_postgres => " owner postgres",
            // The user of the connection.
            Kind::Plain => "",
        }
    }

    /// Clones a template, and returns the name of the new database.
    pub(crate) fn clone_of(&self, template: &str, kind: Kind) -> Result<String> {
        let name = self.new_name();
        // Copying files is the only way before version 15, and the faster one without `fsync` since.
        let strategy = if self.is_before_15 {
            ""
        } else {
            " strategy file_copy"
        };
        let owner = self.owner(kind);
        let statement = format!("create database {name}{owner} template {template}{strategy}");
        self.admin().execute(STEP, &statement)?;
        Ok(name)
    }

    /// The login role that is fit for an application.
    pub(crate) fn app(&self) -> Login {
        self.admin().as_user(&self.app_role(), &self.app_password)
    }

    /// The login role of the local server.
    pub(crate) fn lite(&self) -> Login {
        self.admin().as_user("supabase_lite", &self.lite_password)
    }

    fn app_role(&self) -> String {
        match self.server {
            Server::Local(_) => "scoped_app".to_owned(),
            Server::Existing(_) => app_role(&self.id),
        }
    }

    fn new_name(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        match self.server {
            Server::Local(_) => format!("kit_{number}"),
            Server::Existing(_) => format!("{}_{number}", process_name(&self.id)),
        }
    }
}

impl Drop for Cluster {
    /// A server of this process ends and takes everything with it; one that stays is left as it was.
    fn drop(&mut self) {
        let Server::Existing(server) = &self.server else {
            return;
        };
        let (admin, app_role) = (server.admin(), self.app_role());
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        // What cannot be removed now is removed by the next process that starts.
        for template in state.templates.values().flatten() {
            let _ = existing::drop_database(admin, template);
        }
        let roles = std::mem::take(&mut state.roles);
        existing::drop_roles(admin, roles.into_iter().chain([app_role]));
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
