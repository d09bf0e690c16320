use std::fs;
use std::path::{Path, PathBuf};

use super::PoliciesError;
use scoped_rules::policies::Project;
use scoped_rules::sql_files::{decode, list};

/// Converts a path into a pattern of the engine.
pub(super) fn pattern(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().into_owned()
}

/// Reads the files that the patterns name as one history, and returns the resulting state of the database.
pub(super) fn project(patterns: &[String]) -> Result<Project, PoliciesError> {
    let root = package();
    let short = |file: &Path| file.strip_prefix(&root).unwrap_or(file).to_owned();
    let mut history: Vec<(PathBuf, String)> = Vec::new();
    let mut skipped: Vec<(PathBuf, String)> = Vec::new();
    for pattern in patterns {
        let unreadable = |path: &str| {
            let path = path.to_owned();
            |source| PoliciesError::Unreadable { path, source }
        };
        let found = list(&root, pattern).map_err(unreadable(pattern))?;
        if found.files.is_empty() {
            let path = pattern.clone();
            return Err(PoliciesError::NoFiles { path });
        }
        skipped.extend(
            found
                .skipped
                .into_iter()
                .map(|(file, why)| (short(&file), why)),
        );
        for file in found.files {
            let bytes = fs::read(&file).map_err(unreadable(&file.to_string_lossy()))?;
            let name = short(&file);
            // A file that two patterns name is read once.
            if history.iter().all(|(known, _)| *known != name) {
                let (text, why) = decode(bytes);
                skipped.extend(why.map(|why| (name.clone(), why.to_owned())));
                history.push((name, text));
            }
        }
    }
    let mut project = Project::read(&history);
    for (file, why) in skipped {
        // A file that one pattern skips may be named by another one.
        if project.files.contains(&file) && !why.contains("UTF-8") {
            continue;
        }
        project.skip(&file, &why);
    }
    Ok(project)
}

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo tells a test its package by this variable; it is not a setting of the project"
)]
fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from)
}
