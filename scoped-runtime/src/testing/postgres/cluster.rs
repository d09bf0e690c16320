use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::existing::{self, ExistingServer, app_role, process_name};
use super::local::LocalServer;
use super::migrations::SqlFiles;
use super::session::Login;
use crate::testing::error::Result;
use crate::testing::random::random_hex;

const STEP: &str = "postgres";
const ROLES: &str = include_str!("sql/roles.sql");
const PROJECT: &str = include_str!("sql/project.sql");
const SERVICES: &str = include_str!("sql/services.sql");
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

/// The PostgreSQL servers of this process. One is enough, unless migrations make roles, which belong to the server:
/// then other migrations get a server of their own.
static SERVERS: Mutex<Servers> = Mutex::new(Servers {
    local: Vec::new(),
    existing: Weak::new(),
});

struct Servers {
    /// They end with the process.
    local: Vec<Arc<Cluster>>,
    /// It is left with the last database, because a server that stays must be left as it was.
    existing: Weak<Cluster>,
}

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

/// The database of one test. Dropping it removes it.
pub(crate) struct Database {
    name: String,
    /// Taken only by `drop`.
    cluster: Option<Arc<Cluster>>,
}

/// Makes a database with these files applied, by cloning a template that is made once for each content.
///
/// `programs` returns the folder of the PostgreSQL programs, if a server has to be started. `prepare` makes the
/// tables of [`Kind::Lite`].
pub(crate) fn database(
    kind: Kind,
    files: SqlFiles,
    existing: Option<String>,
    programs: impl FnOnce() -> Result<PathBuf>,
    prepare: impl FnOnce(&Login) -> Result<()>,
) -> Result<Database> {
    let (cluster, template) = {
        // The servers are locked while one starts or a template is made, so that tests of one content share it.
        let mut servers = lock(&SERVERS);
        let key = (kind, files);
        let cluster = match existing {
            Some(url) => servers.existing(&url)?,
            None => servers.local(&key, programs)?,
        };
        let template = cluster.template(key, prepare)?;
        (cluster, template)
    };
    cluster.clone_of(&template, kind)
}

impl Servers {
    fn existing(&mut self, url: &str) -> Result<Arc<Cluster>> {
        if let Some(cluster) = self.existing.upgrade() {
            return Ok(cluster);
        }
        let cluster = Arc::new(Cluster::existing(url)?);
        self.existing = Arc::downgrade(&cluster);
        Ok(cluster)
    }

    fn local(
        &mut self,
        key: &(Kind, SqlFiles),
        programs: impl FnOnce() -> Result<PathBuf>,
    ) -> Result<Arc<Cluster>> {
        if let Some(cluster) = self.local.iter().find(|cluster| cluster.suits(key)) {
            return Ok(cluster.clone());
        }
        let cluster = Arc::new(Cluster::local(&programs()?)?);
        self.local.push(cluster.clone());
        Ok(cluster)
    }
}

impl Cluster {
    fn local(programs: &std::path::Path) -> Result<Self> {
        let server = LocalServer::start(programs)?;
        Self::new(Server::Local(server), random_hex::<8>(STEP)?)
    }

    fn existing(url: &str) -> Result<Self> {
        let id = random_hex::<8>(STEP)?;
        let server = ExistingServer::start(url, &id)?;
        Self::new(Server::Existing(server), id)
    }

    fn new(server: Server, id: String) -> Result<Self> {
        let mut cluster = Self {
            server,
            id,
            is_before_15: false,
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
        admin.execute(STEP, &roles).map_err(|error| {
            if let Server::Existing(_) = cluster.server {
                error.remedy(
                    "DATABASE_URL must name a user who may create databases and Supabase's roles",
                )
            } else {
                error
            }
        })?;
        let version = admin.texts(STEP, "show server_version_num")?;
        let version = version.first().and_then(|text| text.parse::<u32>().ok());
        cluster.is_before_15 = version.is_some_and(|version| version < 150_000);
        Ok(cluster)
    }

    /// The superuser, or the user of `DATABASE_URL`.
    fn admin(&self) -> Login {
        match &self.server {
            Server::Local(server) => server.superuser(),
            Server::Existing(server) => server.admin().clone(),
        }
    }

    /// The user who applies migrations: `postgres`, who is not a superuser in a project.
    fn migrator(&self) -> Login {
        match &self.server {
            Server::Local(server) => server.login("postgres", &self.postgres_password),
            Server::Existing(server) => server.admin().clone(),
        }
    }

    /// Whether the server can have a template of these files: it has one, or no migration has made roles.
    fn suits(&self, key: &(Kind, SqlFiles)) -> bool {
        let state = lock(&self.state);
        state.roles.is_empty() || state.templates.contains_key(key)
    }

    fn template(
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
                prepare(&self.lite(name))?;
                inside.execute(STEP, PROJECT)?;
                inside.execute(STEP, LITE_PRIVILEGES)?;
            }
        }
        files.apply(&self.migrator().database(name))?;
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
        match (&self.server, kind) {
            (_, Kind::Lite) => " owner supabase_lite",
            (Server::Local(_), Kind::Plain) => " owner postgres",
            // The user of the connection.
            (Server::Existing(_), Kind::Plain) => "",
        }
    }

    fn lite(&self, database: &str) -> Login {
        let login = self.admin().as_user("supabase_lite", &self.lite_password);
        login.database(database)
    }

    fn clone_of(self: Arc<Self>, template: &str, kind: Kind) -> Result<Database> {
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
        Ok(Database {
            name,
            cluster: Some(self),
        })
    }

    /// The login role that is fit for an application.
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

impl Database {
    fn cluster(&self) -> &Cluster {
        let cluster = self.cluster.as_ref();
        cluster.unwrap_or_else(|| unreachable!("only `drop` takes the cluster"))
    }

    /// The superuser in this database.
    pub(crate) fn admin(&self) -> Login {
        self.cluster().admin().database(&self.name)
    }

    /// The login role that is fit for an application.
    pub(crate) fn app(&self) -> Login {
        let cluster = self.cluster();
        let login = cluster
            .admin()
            .as_user(&cluster.app_role(), &cluster.app_password);
        login.database(&self.name)
    }

    /// The login role of the local server.
    pub(crate) fn lite(&self) -> Login {
        self.cluster().lite(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(cluster) = self.cluster.take() else {
            return;
        };
        let name = std::mem::take(&mut self.name);
        // A runtime cannot be entered from within another one, in which this may be dropped.
        let work = std::thread::spawn(move || {
            // What cannot be removed ends with the server, or is removed by the next process that starts.
            let _ = existing::drop_database(&cluster.admin(), &name);
            drop(cluster);
        });
        let _ = work.join();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
