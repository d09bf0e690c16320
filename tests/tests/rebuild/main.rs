//! When SQL changes, a crate whose claims are compared with it is compiled again or reports that it was
//! not. The generated test of the attribute notices the changes that the compiler cannot see.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod project;

use std::fs;

use project::Project;

const MIGRATION: &str = "migrations/1_notes.sql";
const READS_TENANT: &str =
    "create policy p on notes using (t = (select auth.jwt() ->> 'tenant_id'));";
const READS_PLAN: &str = "create policy q on notes using (t = (select auth.jwt() ->> 'plan'));";
const SAYS_PLAN: &str =
    "policy `q` on `public.notes` reads claim `plan`, which `Tenant` does not have";

#[test]
fn a_changed_file_compiles_the_claims_again() {
    let project = Project::new("rebuild_changed");
    project.succeeds(&["build"]);
    project.write(MIGRATION, READS_PLAN);
    project.fails(&["build"], SAYS_PLAN);
    project.write(MIGRATION, READS_TENANT);
    project.succeeds(&["build"]);
}

#[test]
fn an_added_file_fails_a_test_and_a_removed_file_recompiles_the_claims() {
    let project = Project::new("rebuild_added");
    let test = "test __policies_of_Tenant::are_unchanged ... ok";
    let said = project.succeeds(&["test"]);
    assert!(said.contains(test), "{said}");
    project.write("migrations/2_plan.sql", READS_PLAN);
    project.fails(
        &["test"],
        "`migrations/2_plan.sql` was added since the claims of `Tenant` were compared with the policies; \
         touch the file that `Tenant` is in, or let a `build.rs` print \
         `cargo::rerun-if-changed=migrations`",
    );
    project.write(
        "src/lib.rs",
        &fs::read_to_string(project.folder.join("src/lib.rs")).unwrap(),
    );
    project.fails(&["test"], SAYS_PLAN);
    project.write("migrations/2_plan.sql", "");
    project.succeeds(&["test"]);
    project.remove("migrations/2_plan.sql");
    let said = project.succeeds(&["test"]);
    assert!(said.contains(test), "{said}");
}

#[test]
fn the_generated_test_compiles_wherever_the_struct_stands() {
    let project = Project::new("rebuild_places");
    project.write("src/lib.rs", include_str!("../../rebuild/every_place.rs"));
    let said = project.succeeds(&["test", "--lib"]);
    assert!(said.contains("5 passed"), "{said}");
}

#[test]
fn an_enum_that_never_matches_a_policy_fails_a_test() {
    let project = Project::new("rebuild_enum");
    project.write("src/lib.rs", include_str!("../../rebuild/enum.rs"));
    let policy = |plans: &str| {
        format!("create policy p on notes using ((select auth.jwt() ->> 'plan') in ({plans}));")
    };
    project.write(MIGRATION, &policy("'gold', 'pro'"));
    project.succeeds(&["test", "--lib"]);
    project.write(MIGRATION, &policy("'gold', 'silver'"));
    project.fails(
        &["test", "--lib"],
        "policy `p` on `public.notes` reads claim `plan` and compares it with `gold`, `silver`, which it \
         never is in `Tenant` (migrations/1_notes.sql:1)",
    );
}

#[test]
fn a_build_script_of_one_line_notices_an_added_file() {
    let project = Project::new("rebuild_script");
    project.write(
        "build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n}\n",
    );
    project.succeeds(&["build"]);
    project.write("migrations/2_plan.sql", READS_PLAN);
    project.fails(&["build"], SAYS_PLAN);
    project.remove("migrations/2_plan.sql");
    project.succeeds(&["build"]);
}

#[test]
fn no_sql_is_compiled_in_and_the_generated_test_is_in_test_builds_only() {
    let project = Project::new("rebuild_binary");
    let secret = "only-in-the-sql-9f2c";
    project.write(MIGRATION, &format!("-- {secret}\n{READS_TENANT}\n"));
    // The files of earlier runs must not be searched.
    project.succeeds(&["clean", "-p", &project.name]);
    project.succeeds(&["test"]);
    project.succeeds(&["build"]);
    let compiled = project.compiled();
    let having = |text: &str| -> Vec<&str> {
        let has = |bytes: &[u8]| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        let having = compiled.iter().filter(|(_, bytes)| has(bytes));
        having.map(|(name, _)| name.as_str()).collect()
    };
    assert!(!having("in the program").is_empty(), "looks at the program");
    assert_eq!(having(secret), [""; 0]);
    let mut tests = having("__policies_of_Tenant");
    // The metadata of a library contains the names of items that the library leaves out.
    tests.retain(|name| !name.starts_with("lib"));
    assert_eq!(tests.len(), 1, "{tests:?}");
}

#[test]
fn a_missing_folder_is_a_note_in_a_package_and_an_error_in_a_checkout() {
    let project = Project::new("rebuild_packaged");
    fs::remove_dir_all(project.folder.join("migrations")).unwrap();
    project.fails(&["build"], "`migrations` cannot be read (entity not found)");
    let listed = project.succeeds(&["package", "--list", "--allow-dirty"]);
    let marker = "Cargo.toml.orig";
    assert!(listed.lines().any(|file| file == marker), "{listed}");
    project.write(marker, "");
    let said = project.succeeds(&["build"]);
    let note = "this package comes without `migrations`, so the claims of `Tenant` are not compared with it";
    assert!(said.contains(note), "{said}");
}
