//! The engine is a link into the macro crate, so what cargo packs has to be looked at.

use std::path::Path;
use std::process::Command;

use crate::policy::files;

#[test]
fn the_packaged_runtime_has_every_file_of_the_engine() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO"))
        .args([
            "package",
            "--list",
            "-p",
            "scoped-runtime",
            "--allow-dirty",
            "--offline",
        ])
        .current_dir(&root)
        .output()
        .unwrap();
    let packed = String::from_utf8(output.stdout).unwrap();
    let engine = root.join("scoped-macros/src/policy");
    let sources = files(&engine, "**/*.rs").unwrap();
    assert!(sources.len() > 40, "{sources:?}");
    for source in sources {
        let name = source.strip_prefix(&engine).unwrap();
        let name = Path::new("src/policies/engine").join(name);
        let found = packed.lines().any(|line| Path::new(line) == name);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(found, "{} is not packed\n{error}", name.display());
    }
}
