use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};

use super::cluster::{Cluster, Kind, lock};
use super::existing;
use super::migrations::SqlFiles;
use super::session::Login;
use crate::testing::error::Result;

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
    let name = cluster.clone_of(&template, kind)?;
    Ok(Database {
        name,
        cluster: Some(cluster),
    })
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
        self.cluster().app().database(&self.name)
    }

    /// The login role of the local server.
    pub(crate) fn lite(&self) -> Login {
        self.cluster().lite().database(&self.name)
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
