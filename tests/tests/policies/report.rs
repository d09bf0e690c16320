//! The example `policy_report` shows which claims a folder's policies read.

use std::path::Path;

use scoped_tests::nested_cargo;
use serde_json::{Value, json};

/// The report on a folder, from the workspace's own.
fn report(arguments: &[&str]) -> (bool, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = nested_cargo()
        .args([
            "run",
            "--quiet",
            "--offline",
            "--example",
            "policy_report",
            "--",
        ])
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    let text = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
fn the_table_has_claim_cast_reader_and_place() {
    let (fine, table) = report(&["tests/policies/findings/errors"]);
    assert!(fine, "{table}");
    assert_eq!(
        table,
        "\
CLAIM                AS                 READ BY                                FILE
app_metadata.seats   uuid               policy by seats on public.documents    tests/policies/findings/errors/1_tables.sql:5
chairs                                  function public.seated                 tests/policies/findings/errors/2_functions.sql:1
chairs               via public.seated  policy seated on public.documents      tests/policies/findings/errors/2_functions.sql:2
plan                                    policy planned on public.documents     tests/policies/findings/errors/2_functions.sql:3
tenant               uuid               policy by mistake on public.documents  tests/policies/findings/errors/1_tables.sql:4
tenant_id            uuid               policy by tenant on public.documents   tests/policies/findings/errors/1_tables.sql:3
user_metadata.admin                     policy by themselves on public.notes   tests/policies/findings/errors/1_tables.sql:6

2 files, 6 live policies
"
    );
}

#[test]
fn the_same_as_json_is_for_programs() {
    let (fine, text) = report(&["--json", "tests/policies/findings/errors/*.sql"]);
    assert!(fine, "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (
            &report["policies"],
            report["files"].as_array().unwrap().len()
        ),
        (&json!(6), 2)
    );
    assert_eq!(
        report["reads"][2],
        json!({
            "claim": "chairs", "cast": null, "through": "public.seated", "allows_absence": false,
            "reader": "policy", "name": "seated", "table": "public.documents",
            "file": "tests/policies/findings/errors/2_functions.sql", "line": 2,
        })
    );
}

#[test]
fn without_a_folder_it_reads_the_local_servers_migrations() {
    let (fine, table) = report(&[]);
    assert!(
        fine && table.contains("policy tenants read their own documents"),
        "{table}"
    );
    let (fine, error) = report(&["nowhere"]);
    assert!(!fine && error.contains("cannot be read"), "{error}");
}

#[test]
fn what_is_not_seen_stands_below_the_table() {
    let (fine, table) = report(&["tests/policies/findings/warnings"]);
    assert!(fine, "{table}");
    let below = table.split_once("live policies\n").unwrap().1;
    let spots: Vec<&str> = below.lines().collect();
    assert_eq!(spots.len(), 2, "{table}");
    for (spot, said) in spots.iter().zip([
        "function `public.by_name` reads `app_metadata` by a key that is only known at run time",
        "later.sql` is not read",
    ]) {
        assert!(
            spot.starts_with("not seen: ") && spot.contains(said),
            "{spot}"
        );
    }
}
