//! The checks of the tests that `#[scoped_claims(policies = ..)]` adds to a crate.

use std::path::Path;

use scoped_rules::sql_files::files;

/// Checks that the folders and globs still have the files that the claims of the struct `name` were compared
/// with. The error names the files that were added or removed. A folder that does not exist is accepted, since
/// a published package may lack it.
pub fn check_sql_files(
    name: &str,
    manifest: &str,
    patterns: &[&str],
    compared: &[&str],
) -> Result<(), String> {
    let manifest = Path::new(manifest);
    let mut present = Vec::new();
    let mut changes = Vec::new();
    for pattern in patterns {
        let Ok(found) = files(manifest, pattern) else {
            return Ok(());
        };
        for file in found {
            let file = file.strip_prefix(manifest).unwrap_or(&file);
            let file = file.display().to_string();
            if !compared.contains(&file.as_str()) && !present.contains(&file) {
                changes.push(format!("`{file}` was added"));
            }
            present.push(file);
        }
    }
    let is_removed = |file: &&&str| !present.iter().any(|present| present == **file);
    let removed = compared.iter().filter(is_removed);
    changes.extend(removed.map(|file| format!("`{file}` was removed")));
    if changes.is_empty() {
        return Ok(());
    }
    let folders = patterns.iter().map(|pattern| folder(pattern));
    let mut lines: Vec<String> = folders
        .map(|folder| format!("`cargo::rerun-if-changed={folder}`"))
        .collect();
    lines.dedup();
    Err(format!(
        "{} since the claims of `{name}` were compared with the policies; touch the file that `{name}` \
         is in, or let a `build.rs` print {}",
        changes.join(", "),
        lines.join(" and ")
    ))
}

/// The folder part of a pattern.
fn folder(pattern: &str) -> &str {
    let Some(star) = pattern.find(['*', '?']) else {
        return pattern;
    };
    pattern[..star]
        .rsplit_once('/')
        .map_or(".", |(folder, _)| folder)
}

/// A comparison of a claim with literals in a policy.
pub struct EnumLiterals {
    /// The variants of the claim's type as serde names them; `None` if the type is not an enum.
    pub values: Option<&'static [&'static str]>,
    /// The literals, of which the policy requires one.
    pub literals: &'static [&'static str],
    /// The error if none of the literals is a variant.
    pub text: &'static str,
}

/// Returns the errors of the comparisons that no variant of an enum can satisfy, one a line.
pub fn check_enum_literals(comparisons: &[EnumLiterals]) -> Result<(), String> {
    let wrong = comparisons.iter().filter(|comparison| {
        let values = comparison.values.unwrap_or(comparison.literals);
        !comparison
            .literals
            .iter()
            .any(|literal| values.contains(literal))
    });
    let texts: Vec<&str> = wrong.map(|comparison| comparison.text).collect();
    if texts.is_empty() {
        return Ok(());
    }
    Err(texts.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{EnumLiterals, check_enum_literals, check_sql_files};

    #[test]
    fn added_and_removed_files_are_an_error_with_a_remedy() {
        let root =
            std::env::temp_dir().join(format!("scoped-check_sql_files-{}", std::process::id()));
        fs::create_dir_all(root.join("db")).unwrap();
        fs::write(root.join("db/1.sql"), "").unwrap();
        let check = |compared: &[&str]| {
            check_sql_files(
                "Tenant",
                &root.to_string_lossy(),
                &["db/*.sql", "db"],
                compared,
            )
        };
        assert_eq!(check(&["db/1.sql"]), Ok(()));
        assert_eq!(
            check(&["db/0.sql"]).unwrap_err(),
            "`db/1.sql` was added, `db/0.sql` was removed since the claims of `Tenant` were compared \
             with the policies; touch the file that `Tenant` is in, or let a `build.rs` print \
             `cargo::rerun-if-changed=db`"
        );
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(
            check(&["db/0.sql"]),
            Ok(()),
            "a package may come without it"
        );
    }

    #[test]
    fn an_enum_without_any_of_the_literals_is_an_error() {
        let literals_of = |values, literals| EnumLiterals {
            values,
            literals,
            text: "it never is",
        };
        let fine = [
            literals_of(None, &["gold"]),
            literals_of(Some(&["free", "pro"]), &["gold", "pro"]),
        ];
        assert_eq!(check_enum_literals(&fine), Ok(()));
        let wrong = [literals_of(Some(&["free", "pro"]), &["gold"])];
        assert_eq!(check_enum_literals(&wrong).unwrap_err(), "it never is");
    }
}
