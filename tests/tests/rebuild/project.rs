use std::fs;
use std::path::{Path, PathBuf};

use scoped_tests::nested_cargo;

use crate::{MIGRATION, READS_TENANT};

/// A small crate in a folder of its own.
pub(crate) struct Project {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Project {
    /// Makes a crate whose claims are compared with the folder `migrations`.
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let project = Self {
            name: name.to_owned(),
            folder,
        };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let runtime = workspace.join("scoped-runtime").canonicalize().unwrap();
        let runtime = runtime.to_str().unwrap();
        project.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                 [dependencies.scoped-runtime]\npath = {runtime:?}\n\
                 default-features = false\nfeatures = [\"macros\"]\n\n\
                 [profile.dev]\ndebug = \"line-tables-only\"\n\n\
                 [profile.dev.package.\"*\"]\ndebug = false\n\n\
                 [workspace]\n"
            ),
        );
        fs::copy(
            workspace.join("Cargo.lock"),
            project.folder.join("Cargo.lock"),
        )
        .unwrap();
        project.write(
            "src/lib.rs",
            "#[scoped_runtime::scoped_claims(policies = \"migrations\")]\n\
             pub struct Tenant {\n    pub tenant_id: String,\n}\n",
        );
        project.write(
            "src/main.rs",
            &format!(
                "fn main() {{\n    println!(\"in the program {{:?}}\", \
                 <{name}::Tenant as scoped_runtime::ScopedClaims>::CLAIMS);\n}}\n"
            ),
        );
        project.write(MIGRATION, READS_TENANT);
        project
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let file = self.folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.folder.join(file)).unwrap();
    }

    /// The workspace's target folder, so that dependencies with the same features are built once.
    fn target() -> &'static Path {
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
    }

    /// Runs the command and returns whether it succeeds, with its output.
    fn cargo(&self, command: &[&str]) -> (bool, String) {
        let mut cargo = nested_cargo();
        cargo.args(command).args(["--offline", "--color=never"]);
        cargo.current_dir(&self.folder);
        cargo.env("CARGO_TARGET_DIR", Self::target());
        cargo.env("CARGO_INCREMENTAL", "0").env_remove("RUSTFLAGS");
        let output = cargo.output().unwrap();
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.success(), text)
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, command: &[&str]) -> String {
        let (success, text) = self.cargo(command);
        assert!(success, "{text}");
        text
    }

    #[track_caller]
    pub(crate) fn fails(&self, command: &[&str], sentence: &str) {
        let (success, text) = self.cargo(command);
        assert!(!success && text.contains(sentence), "{text}");
    }

    /// Returns the compiled files of this crate only.
    pub(crate) fn compiled(&self) -> Vec<(String, Vec<u8>)> {
        let files = fs::read_dir(Self::target().join("debug/deps")).unwrap();
        let names = files.map(|file| file.unwrap().path());
        let own = names.filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            let is_own = name
                .strip_prefix("lib")
                .unwrap_or(&name)
                .starts_with(&self.name);
            is_own.then(|| (name, fs::read(path).unwrap()))
        });
        own.collect()
    }
}
