use std::fs;
use std::path::{Path, PathBuf};

use super::PoliciesError;
use super::engine::files;

/// A path as the engine takes it.
pub(super) fn pattern(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().into_owned()
}

/// The texts of the files that the patterns name: one history, in this order.
pub(super) fn read(patterns: &[String]) -> Result<Vec<(PathBuf, String)>, PoliciesError> {
    let root = package();
    let mut history: Vec<(PathBuf, String)> = Vec::new();
    for pattern in patterns {
        let unreadable = |path: &str| {
            let path = path.to_owned();
            |source| PoliciesError::Unreadable { path, source }
        };
        let found = files(&root, pattern).map_err(unreadable(pattern))?;
        if found.is_empty() {
            let path = pattern.clone();
            return Err(PoliciesError::NoFiles { path });
        }
        for file in found {
            let bytes = fs::read(&file).map_err(unreadable(&file.to_string_lossy()))?;
            let name = file.strip_prefix(&root).unwrap_or(&file).to_owned();
            // A file that two patterns name is applied once.
            if history.iter().all(|(known, _)| *known != name) {
                history.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    Ok(history)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how Cargo tells a test which package it is of; no setting of the project"
)]
fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from)
}
