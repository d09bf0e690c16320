//! What holds inside of a scope, and what is left of it afterwards.

use std::time::Duration;

use scoped_runtime::tokio_postgres::types::ToSql;
use scoped_runtime::tokio_postgres::{self, NoTls};
use scoped_runtime::{Error, ScopedClients};
use serde_json::json;

use crate::support::{ALICE, BOB, World, database, project};

#[tokio::test]
async fn the_settings_of_a_role_apply_and_are_read_anew_on_demand() {
    let world = World::new().await;
    let database = world.value("select current_database()").await;
    let database = database.as_str().unwrap();
    let set = async |what: &str| {
        let sql = format!("alter role authenticated in database {database} {what}");
        world.database.sql(&sql).await.unwrap();
    };
    set("set statement_timeout = '3s'").await;
    set("set work_mem = '5MB'").await;
    set("set default_transaction_isolation = 'repeatable read'").await;
    let alice = world.alice().postgres();
    let settings = "select current_setting('statement_timeout'), current_setting('work_mem'),
                    current_setting('transaction_isolation'), current_setting('transaction_read_only')";
    let read = async || -> (String, String, String, String) {
        alice.fetch_one(settings, &[]).await.unwrap()
    };
    let expected = ["3s", "5MB", "repeatable read", "off"].map(str::to_owned);
    assert_eq!(<[String; 4]>::from(read().await), expected);

    // A shorter limit of the call wins over that of the role.
    let (limit,): (String,) = alice
        .timeout(Duration::from_secs(1))
        .fetch_one("select current_setting('statement_timeout')", &[])
        .await
        .map(|limit: String| (limit,))
        .unwrap();
    assert!(limit.ends_with("ms") || limit == "1s", "{limit}");

    set("set work_mem = '6MB'").await;
    set("set default_transaction_read_only = on").await;
    assert_eq!(read().await.1, "5MB", "they are cached");
    world.clients.refresh_postgres_roles().unwrap();
    let (.., memory, _, is_read_only) = read().await;
    assert_eq!((memory.as_str(), is_read_only.as_str()), ("6MB", "on"));

    // Another role has its own.
    let anyone = world.clients.anonymous().unwrap().postgres();
    let (memory,): (String,) = anyone
        .fetch_one("select current_setting('work_mem'), 1", &[])
        .await
        .map(|(memory, _): (String, i32)| (memory,))
        .unwrap();
    assert_ne!(memory, "6MB");
}

/// What trusted SQL leaves on a session must not reach the next user of the connection.
#[tokio::test]
async fn nothing_that_a_statement_leaves_on_the_session_reaches_the_next() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    world
        .database
        .sql("create schema elsewhere; grant usage on schema elsewhere to authenticated")
        .await
        .unwrap();
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let pid = "select pg_backend_pid()";
    let before: i32 = alice.fetch_one(pid, &[]).await.unwrap();
    for left in [
        "select set_config('request.jwt.claim.sub', auth.uid()::text, false)",
        "select set_config('request.jwt.claims', auth.jwt()::text, false)",
        "set search_path = elsewhere",
        "set statement_timeout = 0",
        "set role anon",
        "set timezone = 'Asia/Tokyo'",
        "create temp table notes as select * from public.notes",
        "declare mine cursor with hold for select * from notes",
        "select pg_advisory_lock(7)",
        "select set_config('request.jwt.claim', auth.jwt()::text, false)",
        "listen mine",
        // The number of the note is the last value of a sequence.
        "insert into notes (body) values ('a3')",
    ] {
        alice.execute(left, &[]).await.unwrap();
        let (id, bodies, role, zone): (String, Vec<String>, String, String) = bob
            .fetch_one(
                "select auth.uid(), array(select body from notes order by body), current_user,
                        current_setting('timezone')",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(id, BOB, "{left}");
        assert_eq!(bodies, ["b1", "b2", "b3"], "{left}");
        assert_eq!(role, "authenticated", "{left}");
        assert_ne!(zone, "Asia/Tokyo", "{left}");
        let cursors: i64 = bob
            .fetch_one("select count(*) from pg_cursors where is_holdable", &[])
            .await
            .unwrap();
        let locks: i64 = bob
            .fetch_one("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()", &[])
            .await
            .unwrap();
        let channels: i64 = bob
            .fetch_one("select count(*) from pg_listening_channels()", &[])
            .await
            .unwrap();
        assert_eq!((cursors, locks, channels), (0, 0, 0), "{left}");
        let error = bob.query("select lastval()", &[]).await.unwrap_err();
        let Error::Postgres(error) = error else {
            panic!("{left}: {error}")
        };
        assert_eq!(error.code(), Some("55000"), "{left}");
    }
    assert_eq!(
        bob.fetch_one::<i32>(pid, &[]).await.unwrap(),
        before,
        "one connection served them all"
    );
}

#[tokio::test]
async fn outside_of_a_scope_the_login_role_sees_nothing() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let config = world.address();
    let (bare, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    let error = bare.query("select * from notes", &[]).await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501");
    // A statement that ends the transaction by itself gains nothing.
    for escape in ["commit", "rollback"] {
        let error = alice
            .transaction(async |tx| {
                tx.execute(escape, &[]).await?;
                tx.query("select * from notes", &[]).await.map(drop)
            })
            .await
            .unwrap_err();
        assert!(
            matches!(&error, scoped_runtime::Error::Postgres(error) if error.is_grant_missing()),
            "{escape}: {error}"
        );
    }
    assert_eq!(world.value("select count(*) from notes").await, json!(5));
}

#[tokio::test]
async fn the_statements_for_other_drivers_make_a_transaction_the_users() {
    let database = database().await;
    let clients = ScopedClients::new(project().build().unwrap()).unwrap();
    let (driver, connection) = tokio_postgres::connect(database.url(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    for (user, expected) in [(ALICE, 2), (BOB, 3)] {
        let db = clients.get(user).unwrap().postgres();
        let statements = db.statements().await.unwrap();
        assert!(!format!("{statements:?}").contains(user), "{statements:?}");
        driver.batch_execute(statements.begin()).await.unwrap();
        let settings: [&(dyn ToSql + Sync); 2] = [&statements.names(), &statements.values()];
        driver.query(statements.enter(), &settings).await.unwrap();
        let rows = driver.query("select from notes", &[]).await.unwrap();
        driver.batch_execute("commit").await.unwrap();
        assert_eq!(rows.len(), expected);
    }
    let reporting = clients.user(ALICE).role("reporting").client().unwrap();
    reporting.postgres().statements().await.unwrap_err();
}
