//! The name under which a package depends on the runtime, for a hint to packages that rename it.

use std::fs;
use std::path::Path;

const RUNTIME: &str = "scoped-runtime";

/// The name under which the compiled package depends on the runtime, if it is another one than
/// `scoped-runtime` and the manifest states it in a simple way. In any other case the compiler reports the
/// missing crate.
#[expect(
    clippy::disallowed_methods,
    reason = "Cargo says there which package is compiled"
)]
pub(crate) fn renamed() -> Option<String> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")?;
    let manifest = fs::read_to_string(Path::new(&folder).join("Cargo.toml")).ok()?;
    renamed_in(&manifest)
}

fn renamed_in(manifest: &str) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    let mut table = Table::Other;
    for line in manifest.lines() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            table = Table::read(header.split(']').next().unwrap_or_default());
            // The dependency has a table of its own, whose `package` may follow.
            if let Table::Dependency(name) = &table
                && is_runtime(name)
            {
                return None;
            }
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, value) = (unquoted(key), value.trim());
        match &table {
            Table::Package if key == "name" && unquoted(value) == RUNTIME => return None,
            Table::Dependencies => {
                let name = key.split('.').next().unwrap_or_default();
                let package = package_of(value);
                if package.as_deref() == Some(RUNTIME) {
                    names.push(name.to_owned());
                } else if is_runtime(name) && package.is_none() {
                    return None;
                }
            }
            Table::Dependency(name) if key == "package" && unquoted(value) == RUNTIME => {
                names.push(name.clone());
            }
            _ => {}
        }
    }
    names.sort();
    names.dedup();
    match &names[..] {
        [name] if !is_runtime(name) => Some(name.replace('-', "_")),
        _ => None,
    }
}

enum Table {
    Package,
    Dependencies,
    /// `[dependencies.name]`
    Dependency(String),
    Other,
}

impl Table {
    fn read(header: &str) -> Self {
        let header = header.trim();
        let is_list = |path: &str| {
            let last = path.rsplit('.').next().unwrap_or_default();
            matches!(
                last.trim(),
                "dependencies" | "dev-dependencies" | "build-dependencies"
            )
        };
        match header.rsplit_once('.') {
            _ if header == "package" => Self::Package,
            _ if is_list(header) && !header.starts_with("workspace") => Self::Dependencies,
            Some((lists, name)) if is_list(lists) && !lists.starts_with("workspace") => {
                Self::Dependency(unquoted(name).to_owned())
            }
            _ => Self::Other,
        }
    }
}

/// The `package = "..."` of an inline table.
fn package_of(value: &str) -> Option<String> {
    let (_, after) = value.split_once("package")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after
        .chars()
        .next()
        .filter(|letter| matches!(letter, '"' | '\''))?;
    let (package, _) = after[1..].split_once(quote)?;
    Some(package.to_owned())
}

fn is_runtime(name: &str) -> bool {
    name.replace('_', "-") == RUNTIME
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::renamed_in;

    #[test]
    fn a_renamed_dependency_is_found_in_the_manifest() {
        let package = "[package]\nname = \"app\"\n";
        for (dependencies, name) in [
            (
                "[dependencies]\ndb = { package = \"scoped-runtime\", version = \"1\" }",
                Some("db"),
            ),
            (
                "[dependencies]\nmy-db = { version = \"1\", package='scoped-runtime' }",
                Some("my_db"),
            ),
            (
                "[dependencies.db]\nversion = \"1\"\npackage = \"scoped-runtime\"",
                Some("db"),
            ),
            (
                "[target.'cfg(unix)'.dependencies]\ndb = { package = \"scoped-runtime\" }",
                Some("db"),
            ),
            (
                "[dev-dependencies]\ndb = { package = \"scoped-runtime\" }",
                Some("db"),
            ),
            ("[dependencies]\nscoped-runtime = \"1\"", None),
            ("[dependencies]\nscoped-runtime.workspace = true", None),
            ("[dependencies.scoped-runtime]\npath = \"..\"", None),
            (
                "[dependencies]\nscoped-runtime = \"1\"\ndb = { package = \"scoped-runtime\" }",
                None,
            ),
            ("[dependencies]\ndb.workspace = true", None),
            (
                "[workspace.dependencies]\ndb = { package = \"scoped-runtime\" }",
                None,
            ),
            ("[dependencies]\nother = { package = \"something\" }", None),
            (
                "[dependencies]\na = { package = \"scoped-runtime\" }\nb = { package = \"scoped-runtime\" }",
                None,
            ),
            ("", None),
            ("[dependencies\ndb = {", None),
        ] {
            let found = renamed_in(&format!("{package}{dependencies}\n"));
            assert_eq!(found.as_deref(), name, "{dependencies}");
        }
        assert_eq!(renamed_in("[package]\nname = \"scoped-runtime\"\n"), None);
    }
}
