//! A server that is there already, as `DATABASE_URL` names it, is left as it was.

use std::collections::BTreeSet;

use scoped_runtime::testing::PostgresBuilder;

use crate::run::{Place, Run, User, write_role};

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
