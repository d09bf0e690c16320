use std::path::{Path, PathBuf};

use syn::LitStr;

use scoped_rules::sql_files::list;

/// The files that Cargo puts next to the manifest when it makes a package or vendors one.
const OF_PACKAGES: [&str; 3] = [
    "Cargo.toml.orig",
    ".cargo_vcs_info.json",
    ".cargo-checksum.json",
];

/// The SQL files of one folder or glob.
pub(in super::super) struct Folder {
    /// The folder or glob as it is written, relative to the manifest of the crate.
    pub(in super::super) pattern: LitStr,
    pub(in super::super) files: Vec<PathBuf>,
    /// The files that are left out, with the reason.
    pub(in super::super) skipped: Vec<(PathBuf, String)>,
}

impl Folder {
    /// Lists the files, or returns the message about the folder.
    pub(super) fn read(manifest: &Path, pattern: &LitStr) -> Result<Self, String> {
        let remedy = "name the folder of the migrations from the crate's `Cargo.toml` on";
        let written = pattern.value();
        let found = list(manifest, &written)
            .map_err(|error| format!("`{written}` cannot be read ({}); {remedy}", error.kind()))?;
        if found.files.is_empty() {
            return Err(format!("`{written}` has no SQL files; {remedy}"));
        }
        Ok(Self {
            pattern: pattern.clone(),
            files: found.files,
            skipped: found.skipped,
        })
    }
}

/// Whether the crate is built from a package, which may lack files of the repository.
#[expect(
    clippy::disallowed_methods,
    reason = "how docs.rs tells a macro where it is"
)]
pub(super) fn is_packaged(manifest: &Path) -> bool {
    std::env::var_os("DOCS_RS").is_some()
        || OF_PACKAGES.iter().any(|file| manifest.join(file).exists())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::is_packaged;

    #[test]
    fn a_package_is_recognised_by_the_files_that_cargo_adds() {
        let folder = std::env::temp_dir().join(format!("scoped-packaged-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert!(!is_packaged(&folder));
        fs::write(folder.join("Cargo.toml.orig"), "").unwrap();
        assert!(is_packaged(&folder));
        fs::remove_dir_all(&folder).unwrap();
    }
}
