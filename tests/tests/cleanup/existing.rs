//! A server that is there already, as `DATABASE_URL` names it, is left as it was.

use std::collections::BTreeSet;

use scoped_runtime::testing::PostgresBuilder;

use crate::run::{Place, Run, User, write_role};

/// These tests share the server of this process, and look at all that is on it.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The databases and roles of the server that belong to no test of this process.
async fn names(server: &scoped_runtime::testing::Postgres) -> BTreeSet<String> {
    let rows = server
        .sql("select datname as name from pg_database union all select rolname from pg_roles")
        .await
        .unwrap();
    let names = rows.as_array().unwrap().iter();
    names
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_is_left_as_it_was() {
    let _alone = ALONE.lock().await;
    let server = PostgresBuilder::default().await.unwrap();
    let variables = [("DATABASE_URL", server.admin_url().to_owned())];
    let place = Place::new("existing");
    write_role(&place, "kit_role_of_a_migration");
    let before = names(&server).await;

    let mut run = Run::start(&place, User::Own, "wait postgres", &variables);
    run.ready();
    let during = names(&server).await;
    // A template, a database, a login role, and the role of the migration.
    assert_eq!(during.difference(&before).count(), 4, "{during:?}");
    assert_eq!(place.processes(), 0, "no server is started");
    run.kill();
    // The server notices the end of a connection a moment later.
    let alive =
        "select 1 as one from pg_stat_activity where application_name like 'scoped\\_kit\\_%'";
    while server.sql(alive).await.unwrap() != serde_json::json!([]) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }

    // What a killed process has left, the next one removes; it removes its own at its end.
    let mut run = Run::start(&place, User::Own, "end postgres", &variables);
    run.ready();
    run.succeeds();
    assert_eq!(names(&server).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_a_server_need_not_be_a_superuser() {
    let _alone = ALONE.lock().await;
    // As `postgres` of a project or of the CLI's local stack.
    let server = PostgresBuilder::default().await.unwrap();
    server
        .sql(
            "create role kit_owner login createdb createrole password 'kit_owner';
             grant anon, authenticated to kit_owner with admin option",
        )
        .await
        .unwrap();
    let (_, place_of_server) = server.admin_url().split_once('@').unwrap();
    let url = format!("postgres://kit_owner:kit_owner@{place_of_server}");
    let variables = [("DATABASE_URL", url)];
    let place = Place::new("not-superuser");
    let before = names(&server).await;
    let mut run = Run::start(&place, User::Own, "end postgres", &variables);
    run.ready();
    run.succeeds();
    assert_eq!(names(&server).await, before);
}

#[test]
fn a_server_that_cannot_be_used_is_an_error_that_names_the_variable() {
    for (url, says) in [
        (
            "mysql://127.0.0.1/x",
            "DATABASE_URL is not a `postgres://` URL; correct it, or unset it",
        ),
        (
            "postgres://127.0.0.1:1/x",
            "DATABASE_URL cannot be reached: ",
        ),
    ] {
        let place = Place::new("unusable");
        let variables = [("DATABASE_URL", url.to_owned())];
        let error = Run::start(&place, User::Own, "end postgres", &variables).fails();
        assert!(error.contains(says), "{error}");
    }
    let place = Place::new("no-programs");
    let variables = [("PG_BINDIR", "/dev/null".to_owned())];
    let error = Run::start(&place, User::Own, "end postgres", &variables).fails();
    let says = "postgres: PG_BINDIR has no `initdb` and `postgres`; correct it, or unset it";
    assert!(error.contains(says), "{error}");
}
