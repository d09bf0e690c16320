//! The error messages of the macros: one mistake in each file, with its message beside it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

// trybuild checks a set of only failing cases in one run of cargo. With a single passing case among them it would
// build each case by itself, which takes ten times as long: `tests/tests/programs.rs` has those.
#[test]
fn each_mistake_has_its_message() {
    bring("scoped_claims/policies/sql", "sql");
    bring("../drift", "drift");
    let cases = trybuild::TestCases::new();
    cases.compile_fail("scoped_claims/fail/*.rs");
    cases.compile_fail("scoped_claims/policies/fail/*.rs");
    cases.compile_fail("queries/fail/*.rs");
    cases.compile_fail("impersonate/fail/*.rs");
    cases.compile_fail("impersonate/services/fail/*.rs");
}

/// Copies a folder of this package into the crate that trybuild generates, because the paths in the cases
/// begin there.
fn bring(from: &str, to: &str) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let package = env!("CARGO_PKG_NAME");
    let to = target.join("tests/trybuild").join(package).join(to);
    if to.exists() {
        fs::remove_dir_all(&to).unwrap();
    }
    copy(Path::new(from), &to);
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}
