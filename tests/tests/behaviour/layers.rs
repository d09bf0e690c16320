//! The runtime's modules form one line, and each imports only from its left.

use std::fs;
use std::path::{Path, PathBuf};

const LINE: [&str; 18] = [
    "error",
    "clock",
    "metrics",
    "key",
    "claims",
    "policies",
    "audit",
    "policy",
    "config",
    "token",
    "session",
    "transport",
    "verify",
    "client",
    "rest",
    "blocking",
    "web",
    "testing",
];

/// A crate that does one layer's work is named in that layer only.
const HOMES: [(&str, &[&str]); 14] = [
    (" ::metrics::", &["metrics"]),
    ("jsonwebtoken::", &["key"]),
    ("aws_lc_rs::", &["key", "token"]),
    ("rustls_pki_types::", &["key", "transport"]),
    ("reqwest_011::", &["transport"]),
    ("hyper::", &["transport"]),
    ("h2::", &["transport"]),
    ("rustls::", &["transport"]),
    ("socket2::", &["transport"]),
    ("arc_swap::", &["key", "verify"]),
    ("dotenvy::", &["config"]),
    ("rustix::", &["clock"]),
    ("tokio::runtime::", &["client", "session", "transport"]),
    ("std::env::", &["config", "policies"]),
];

#[test]
fn modules_import_only_from_their_left() {
    for (place, module) in LINE.iter().enumerate() {
        for (file, text) in sources(module) {
            for right in &LINE[place + 1..] {
                let import = format!("crate::{right}");
                let found = text
                    .lines()
                    .find(|line| is_code(line) && line.contains(&import));
                assert_eq!(found, None, "{} imports from its right", file.display());
            }
        }
    }
}

#[test]
fn a_third_party_crate_has_one_home() {
    for module in LINE {
        for (file, text) in sources(module) {
            for (name, homes) in HOMES.iter().filter(|(_, homes)| !homes.contains(&module)) {
                let found = text
                    .lines()
                    .find(|line| is_code(line) && line.contains(name));
                assert_eq!(
                    found,
                    None,
                    "{} uses {name}, {homes:?} does",
                    file.display()
                );
            }
        }
    }
}

fn is_code(line: &str) -> bool {
    !line.trim_start().starts_with("//")
}

/// The files of a module: `name.rs`, or everything in the folder `name`.
fn sources(module: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scoped-runtime/src");
    let mut found = Vec::new();
    collect(&root.join(format!("{module}.rs")), &mut found);
    collect(&root.join(module), &mut found);
    assert!(!found.is_empty(), "no module `{module}`");
    found
}

fn collect(path: &Path, found: &mut Vec<(PathBuf, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), found);
        }
    } else if path.is_file() {
        found.push((path.to_owned(), fs::read_to_string(path).unwrap()));
    }
}
