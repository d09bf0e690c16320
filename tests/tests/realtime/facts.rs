//! The table of facts names tests that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_table_of_facts_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("tests/realtime/facts.md")).unwrap();
    let names = table.split('`').skip(1).step_by(2);
    let names = names.filter_map(|name| name.split_once("::"));
    // `file::test` explains how tests are named, and `World` is a type.
    let names: Vec<_> = names
        .filter(|(file, _)| !["file", "World"].contains(file))
        .collect();
    assert!(names.len() > 80, "{}", names.len());
    for (file, test) in names {
        let path = match file.strip_prefix("src/") {
            Some(file) => root.join("../scoped-runtime/src/realtime").join(file),
            None => root.join("tests/realtime").join(file),
        };
        let source = fs::read_to_string(path.with_extension("rs"));
        let source = source.unwrap_or_else(|error| panic!("{file}: {error}"));
        let parts = source.split_once(&format!("fn {test}()"));
        let (before, _) = parts.unwrap_or_else(|| panic!("{file}::{test}"));
        let before = before.trim_end().trim_end_matches("async").trim_end();
        assert!(before.ends_with("test]"), "{file}::{test} is not a test");
    }
}
