use std::path::{Path, PathBuf};

use tokio_postgres::error::{ErrorPosition, SqlState};
use tokio_postgres::{Client, SimpleQueryMessage};

use futures_util::TryStreamExt as _;

use super::session::{Login, refused, said};
use crate::testing::error::{KitError, Result};

const STEP: &str = "migrate";
/// The longest SQL file that is read.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The connection settings of the Supabase CLI, which connects as `postgres`.
const OPTIONS: &str = r#"-c search_path="$user",public,extensions"#;

/// The table in which the CLI records what was applied.
const HISTORY: &str = "create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations
        (version text not null primary key, statements text[], name text);";

/// The SQL files of a project. Two projects with the same files share a template.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct SqlFiles {
    migrations: Vec<SqlFile>,
    seeds: Vec<SqlFile>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct SqlFile {
    path: PathBuf,
    text: String,
}

/// Where the SQL files of a project are.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct SqlSources {
    pub(crate) migrations: Vec<PathBuf>,
    /// The seeds; `None` is the file `seed.sql` beside each folder, if it exists.
    pub(crate) seeds: Option<Vec<PathBuf>>,
}

impl SqlSources {
    /// Reads the files that the Supabase CLI would apply: the migrations of all folders in the order of their
    /// names, then the seeds.
    pub(crate) fn read(&self) -> Result<SqlFiles> {
        let mut files = Vec::new();
        for folder in &self.migrations {
            files.extend(listed(folder)?);
        }
        files.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
        let mut seeds = Vec::new();
        if let Some(named) = &self.seeds {
            for path in named {
                seeds.extend(listed(path)?);
            }
        } else {
            seeds.extend(self.migrations.iter().map(|folder| beside(folder)));
            seeds.retain(|seed| seed.is_file());
            // Two folders may have the same parent.
            seeds.dedup();
        }
        let read = |files: Vec<PathBuf>| -> Result<Vec<SqlFile>> {
            files.into_iter().map(SqlFile::read).collect()
        };
        Ok(SqlFiles {
            migrations: read(files)?,
            seeds: read(seeds)?,
        })
    }
}

/// Relative paths begin at the package's `Cargo.toml`, as cargo tells it to tests and examples.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from)
}

fn beside(folder: &Path) -> PathBuf {
    root()
        .join(folder)
        .parent()
        .map_or_else(PathBuf::new, |parent| parent.join("seed.sql"))
}

fn listed(path: &Path) -> Result<Vec<PathBuf>> {
    let pattern = path.to_string_lossy();
    scoped_rules::sql_files::files(&root(), &pattern).map_err(|error| {
        KitError::io(STEP, path, error).remedy(
            "name a folder, a file or a glob from the package's `Cargo.toml` on, such as `supabase/migrations`",
        )
    })
}

impl SqlFile {
    fn read(path: PathBuf) -> Result<Self> {
        let failed = |error| KitError::io(STEP, &path, error);
        let length = std::fs::metadata(&path).map_err(failed)?.len();
        if length > MAX_FILE {
            let cause = format!("{} has {length} bytes", path.display());
            return Err(KitError::new(STEP, cause).remedy("split the file; the limit is 64 MiB"));
        }
        let bytes = std::fs::read(&path).map_err(failed)?;
        match scoped_rules::sql_files::decode(bytes) {
            (text, None) => Ok(Self { path, text }),
            (_, Some(why)) => {
                Err(KitError::new(STEP, format!("{} {why}", path.display()))
                    .remedy("save it as UTF-8"))
            }
        }
    }

    /// Applies the file in one implicit transaction, as the CLI does.
    async fn apply(&self, client: &Client) -> Result<()> {
        // What a file before has set does not apply to this one.
        let reset = client.batch_execute("reset all").await;
        reset.map_err(|error| refused(STEP, error))?;
        let Err((done, error)) = self.run(client, 0).await else {
            return Ok(());
        };
        let is_transactional = error.code() == Some(&SqlState::ACTIVE_SQL_TRANSACTION);
        let spans = scoped_rules::policies::statement_spans(&self.text);
        if let ([first, second, ..], 0, true) = (&*spans, done, is_transactional) {
            // The CLI sends statement by statement, so that a first statement that cannot run in a transaction,
            // such as `create index concurrently`, runs by itself.
            let alone = client.simple_query(&self.text[first.clone()]).await;
            alone.map_err(|error| self.refused(error, 0, 0))?;
            let remaining = self.run(client, second.start).await;
            return remaining.map_err(|(done, error)| self.refused(error, done + 1, second.start));
        }
        Err(self.refused(error, done, 0))
    }

    /// Runs the text from this place on. An error comes with the number of statements before it.
    async fn run(
        &self,
        client: &Client,
        start: usize,
    ) -> std::result::Result<(), (usize, tokio_postgres::Error)> {
        let mut done = 0;
        let messages = client.simple_query_raw(&self.text[start..]).await;
        let mut messages = std::pin::pin!(messages.map_err(|error| (0, error))?);
        loop {
            match messages.try_next().await {
                Ok(Some(SimpleQueryMessage::CommandComplete(_))) => done += 1,
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => return Err((done, error)),
            }
        }
    }

    /// What PostgreSQL refused, with the file and the line.
    fn refused(&self, error: tokio_postgres::Error, done: usize, start: usize) -> KitError {
        let Some(said_by_server) = error.as_db_error() else {
            let cause = format!("{}: {error}", self.path.display());
            return KitError::new(STEP, cause).caused_by(error);
        };
        let offset = match said_by_server.position() {
            Some(ErrorPosition::Original(at)) => {
                let skipped = (*at as usize).saturating_sub(1);
                let rest = &self.text[start..];
                let inside = rest.char_indices().nth(skipped).map(|(byte, _)| byte);
                inside.map(|byte| start + byte)
            }
            // The place in a function's text, or none: the statement is all there is.
            _ => scoped_rules::policies::statement_spans(&self.text)
                .get(done)
                .map(|span| span.start),
        };
        let line = offset.map_or(1, |offset| {
            1 + self.text[..offset]
                .bytes()
                .filter(|byte| *byte == b'\n')
                .count()
        });
        let cause = format!("{}:{line}: {}", self.path.display(), said(said_by_server));
        let is_unavailable = said_by_server.message().contains("extension")
            && said_by_server.message().contains("is not available");
        let failure = KitError::new(STEP, cause);
        let failure = if is_unavailable {
            failure.remedy(
                "install the extension into this PostgreSQL, or set DATABASE_URL to a server that has it",
            )
        } else {
            failure
        };
        failure.caused_by(error)
    }

    /// The version and the name that the CLI records: the number before the first `_`, and what follows it.
    fn version(&self) -> (String, String) {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let (version, name) = stem.split_once('_').unwrap_or((&stem, ""));
        (version.to_owned(), name.to_owned())
    }
}

impl SqlFiles {
    /// The migrations with their texts.
    #[cfg(feature = "postgres")]
    pub(crate) fn history(&self) -> Vec<(PathBuf, String)> {
        let files = self.migrations.iter();
        files
            .map(|file| (file.path.clone(), file.text.clone()))
            .collect()
    }

    /// Applies the migrations and then the seeds, as this user, who takes the role if there is one.
    pub(crate) fn apply(&self, login: &Login, role: Option<&str>) -> Result<()> {
        let role = role.map_or_else(String::new, |role| format!(" -c role={role}"));
        login.run(STEP, &format!("{OPTIONS}{role}"), async |client| {
            let history = client.batch_execute(HISTORY).await;
            history.map_err(|error| refused(STEP, error))?;
            for file in &self.migrations {
                file.apply(client).await?;
                let (version, name) = file.version();
                let record = "insert into supabase_migrations.schema_migrations (version, name) values ($1, $2)";
                let recorded = client.execute(record, &[&version, &name]).await;
                recorded.map_err(|error| {
                    let cause = format!("{} has the version of another file", file.path.display());
                    KitError::new(STEP, cause)
                        .remedy("give each migration a number of its own")
                        .caused_by(error)
                })?;
            }
            for file in &self.seeds {
                file.apply(client).await?;
            }
            Ok(())
        })
    }
}
