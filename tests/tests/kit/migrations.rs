//! How migrations are chosen, ordered and applied, and what an error says about one that is refused.

use scoped_runtime::testing::{LocalSupabase, Postgres};
use serde_json::json;

use crate::support::Folder;

#[tokio::test]
async fn migrations_are_applied_by_postgres_who_is_not_a_superuser() {
    let folder = Folder::new("not-superuser");
    folder.write(
        "1_who.sql",
        "create table who as select current_user::text as name,
        (select rolsuper from pg_roles where rolname = current_user) as is_superuser",
    );
    let postgres = Postgres::with(&folder.0).await.unwrap();
    let rows = postgres.sql("select * from who").await.unwrap();
    assert_eq!(rows, json!([{ "name": "postgres", "is_superuser": false }]));
    // What a project refuses is refused here.
    folder.write("2_copy.sql", "\nselect 1;\ncopy who to program 'true';");
    let error = Postgres::with(&folder.0).await.unwrap_err().to_string();
    assert!(
        error.contains("2_copy.sql:3: permission denied")
            || error.contains("2_copy.sql:3: must be"),
        "{error}"
    );
}

#[tokio::test]
async fn a_migration_that_is_refused_is_named_with_its_line() {
    for (text, line, message) in [
        // PostgreSQL names the place.
        (
            "select 1;\n\ncreate tabel x ();",
            3,
            "syntax error at or near \"tabel\" (SQLSTATE 42601)",
        ),
        (
            "select 'é';\nselect nothing;",
            2,
            "column \"nothing\" does not exist (SQLSTATE 42703)",
        ),
        // It does not, and the statement is all there is.
        (
            "create table x (id int primary key);\ninsert into x values (1);\n\ninsert into x\n values (1);",
            4,
            "duplicate key",
        ),
        (
            "-- A comment; with a semicolon.\n/* ; */ select 1;\ndrop table nowhere;",
            3,
            "table \"nowhere\" does not exist",
        ),
        (
            "select 1;\ndo $$ begin\n  perform 1;\n  raise exception 'no';\nend $$;",
            2,
            "no (SQLSTATE P0001)",
        ),
        ("\u{feff}select 1;", 1, "syntax error"),
        (
            "create extension if not exists no_such_extension;",
            1,
            "set DATABASE_URL to a server that has it",
        ),
    ] {
        let folder = Folder::new("refused");
        let file = folder.write("1_refused.sql", text);
        let error = Postgres::with(&folder.0).await.unwrap_err();
        assert_eq!(error.step(), "migrate");
        let error = error.to_string();
        let begin = format!("migrate: {}:{line}: ", file.display());
        assert!(
            error.starts_with(&begin) && error.contains(message),
            "{text:?}: {error}"
        );
    }
}

#[tokio::test]
async fn files_are_chosen_and_ordered_as_by_the_cli() {
    let folder = Folder::new("order");
    folder.write(
        "migrations/2_b.sql",
        "insert into seen (what) values ('2_b');",
    );
    folder.write(
        "migrations/1_a.sql",
        "create table seen (id int generated always as identity, what text);",
    );
    folder.write("migrations/notes.sql", "this is not SQL");
    folder.write("migrations/3_c.SQL", "neither is this");
    folder.write("migrations/README.md", "nor this");
    folder.write("more/21_d.sql", "insert into seen (what) values ('21_d');");
    folder.write("seed.sql", "insert into seen (what) values ('seed');");
    folder.write("other.sql", "insert into seen (what) values ('other');");
    let seen = async |builder: scoped_runtime::testing::PostgresBuilder| {
        let rows = builder
            .await
            .unwrap()
            .sql("select what from seen order by id")
            .await
            .unwrap();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["what"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let with = || Postgres::with(folder.0.join("migrations"));
    assert_eq!(seen(with()).await, ["2_b", "seed"]);
    assert_eq!(seen(with().without_seed()).await, ["2_b"]);
    assert_eq!(
        seen(with().seed(folder.0.join("other.sql"))).await,
        ["2_b", "other"]
    );
    assert_eq!(
        seen(with().migrations(folder.0.join("more"))).await,
        ["21_d", "2_b", "seed"]
    );

    // What a file has set does not apply to the next one; a file is one transaction.
    folder.write(
        "migrations/4_set.sql",
        "set search_path = nowhere; set statement_timeout = 1;",
    );
    folder.write(
        "migrations/5_after.sql",
        "insert into seen (what) values ('5');",
    );
    assert_eq!(seen(with()).await, ["2_b", "5", "seed"]);
    // What cannot run in a transaction can be the first statement.
    folder.write(
        "migrations/6_alone.sql",
        "create index concurrently on seen (what);",
    );
    folder.write(
        "migrations/7_first.sql",
        "create index concurrently on seen (id);\ninsert into seen (what) values ('7');",
    );
    assert_eq!(seen(with()).await, ["2_b", "5", "7", "seed"]);
    folder.write(
        "migrations/8_second.sql",
        "select 1;\ncreate index concurrently on seen (id);",
    );
    let error = with().await.unwrap_err().to_string();
    assert!(
        error.contains("8_second.sql:2: CREATE INDEX CONCURRENTLY cannot"),
        "{error}"
    );
    folder.write("migrations/8_second.sql", "");
    folder.write("migrations/8_twice.sql", "");
    let error = with().await.unwrap_err().to_string();
    assert!(
        error.contains("8_twice.sql has the version of another file; give each migration a number"),
        "{error}"
    );
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_an_error_that_says_what_to_name() {
    for error in [
        Postgres::with("no/such/folder").await.unwrap_err(),
        LocalSupabase::with("no/such/folder").await.unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.starts_with("migrate: no/such/folder: "), "{error}");
        assert!(error.contains("such as `supabase/migrations`"), "{error}");
    }
}

#[tokio::test]
async fn projects_whose_migrations_make_the_same_role_do_not_meet() {
    let (one, other) = (Folder::new("role-one"), Folder::new("role-other"));
    one.write("1_role.sql", "create role of_both; create table one ();");
    other.write("1_role.sql", "create role of_both; create table other ();");
    let one = Postgres::with(&one.0).await.unwrap();
    let other = Postgres::with(&other.0).await.unwrap();
    one.sql("select from one").await.unwrap();
    other.sql("select from other").await.unwrap();
}
