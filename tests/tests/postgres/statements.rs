//! Statements, each in a transaction of its own.

use scoped_runtime::tokio_postgres::types::Type;
use scoped_runtime::{Error, PostgresError, Role};
use serde::Deserialize;
use serde_json::json;

use crate::support::{ALICE, BOB, World};

#[derive(Debug, Deserialize)]
struct Note {
    body: String,
}

#[tokio::test]
async fn two_users_read_their_own_rows_and_none_of_the_other() {
    let world = World::new().await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let sql = "select body from notes order by body";
    for _ in 0..3 {
        let notes: Vec<Note> = alice.fetch(sql, &[]).await.unwrap();
        let bodies: Vec<_> = notes.iter().map(|note| note.body.as_str()).collect();
        assert_eq!(bodies, ["a1", "a2"]);
        let bodies: Vec<String> = bob.fetch(sql, &[]).await.unwrap();
        assert_eq!(bodies, ["b1", "b2", "b3"]);
        let none = alice
            .query("select from notes where body like $1", &[&"b%"])
            .await
            .unwrap();
        assert!(none.is_empty());
    }
}

#[tokio::test]
async fn a_write_touches_the_rows_of_its_user_only() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    assert_eq!(
        alice
            .execute("update notes set stars = 5", &[])
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        alice
            .execute("delete from notes where body = $1", &[&"b1"])
            .await
            .unwrap(),
        0
    );
    let inserted: String = alice
        .fetch_one(
            "insert into notes (body) values ($1) returning owner",
            &[&"new"],
        )
        .await
        .unwrap();
    assert_eq!(inserted, ALICE);
    let written = world
        .value("select count(*) from notes where stars = 5 or body = 'new'")
        .await;
    assert_eq!(written, json!(3));
    let error = alice
        .execute(
            "insert into notes (owner, body) values ($1::text::uuid, 'forged')",
            &[&BOB],
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Postgres(error) if error.is_rls_denied()),
        "{error}"
    );
    assert_eq!(
        world
            .value("select count(*) from notes where body = 'forged'")
            .await,
        json!(0)
    );
}

#[tokio::test]
async fn typed_parameters_need_no_preparation() {
    let world = World::new().await;
    let bob = world.bob().postgres();
    let sql = "select body from notes where body <> $1 order by body";
    let rows = bob.query_typed(sql, &[(&"b2", Type::TEXT)]).await.unwrap();
    assert_eq!(
        rows.iter()
            .map(|row| row.get("body"))
            .collect::<Vec<&str>>(),
        ["b1", "b3"]
    );
    let bodies: Vec<String> = bob.fetch_typed(sql, &[(&"b1", Type::TEXT)]).await.unwrap();
    assert_eq!(bodies, ["b2", "b3"]);
    let update = "update notes set stars = $1";
    assert_eq!(
        bob.execute_typed(update, &[(&1, Type::INT4)])
            .await
            .unwrap(),
        3
    );
}

#[tokio::test]
async fn one_row_is_one_row() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let by_body = "select id from notes where body = $1";
    assert!(alice.query_one(by_body, &[&"a1"]).await.is_ok());
    assert!(alice.query_opt(by_body, &[&"b1"]).await.unwrap().is_none());
    assert_eq!(
        alice
            .fetch_optional::<i64>(by_body, &[&"b1"])
            .await
            .unwrap(),
        None
    );
    let none = alice.query_one(by_body, &[&"b1"]).await.unwrap_err();
    assert!(matches!(none, Error::Postgres(PostgresError::NoRow)));
    assert_eq!(none.public().status(), 404);
    for all in [
        alice.query_one("select id from notes", &[]).await.map(drop),
        alice.query_opt("select id from notes", &[]).await.map(drop),
    ] {
        let error = all.unwrap_err();
        assert!(matches!(
            error,
            Error::Postgres(PostgresError::MoreThanOneRow)
        ));
    }
}

#[tokio::test]
async fn an_anonymous_client_reads_what_every_caller_may_read() {
    let world = World::new().await;
    world
        .database
        .sql("update notes set slug = 'published' where body = 'b1'")
        .await
        .unwrap();
    let anyone = world.clients.anonymous().unwrap().postgres();
    assert!(anyone.identity().is_none());
    let bodies: Vec<String> = anyone.fetch("select body from notes", &[]).await.unwrap();
    assert_eq!(bodies, ["b1"]);
    let who: (String, Option<String>, String) = anyone
        .fetch_one("select current_user, auth.uid(), auth.jwt()", &[])
        .await
        .map(
            |(role, id, claims): (String, Option<String>, serde_json::Value)| {
                (role, id, claims.to_string())
            },
        )
        .unwrap();
    assert_eq!(
        who,
        ("anon".to_owned(), None, r#"{"role":"anon"}"#.to_owned())
    );
}

#[tokio::test]
async fn a_role_runs_only_if_the_pool_allows_it() {
    let world = World::with(|config| config, |pool| pool).await;
    let reporting = world
        .clients
        .user(ALICE)
        .role("reporting")
        .postgres()
        .unwrap();
    let error = reporting.query("select", &[]).await.unwrap_err();
    let Error::Configuration(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.field(), "postgres");
    assert!(error.to_string().contains("`reporting`"), "{error}");

    let reporting = Role::new("reporting").unwrap();
    let world = World::with(|config| config, |pool| pool.roles([reporting])).await;
    world
        .database
        .sql(&format!("grant reporting to {}", world.login()))
        .await
        .unwrap();
    let reporting = world
        .clients
        .user(ALICE)
        .role("reporting")
        .postgres()
        .unwrap();
    let count: i64 = reporting
        .fetch_one("select count(*) from notes", &[])
        .await
        .unwrap();
    assert_eq!(count, 5, "its policy shows all of them");
    let own: i64 = world
        .alice()
        .postgres()
        .fetch_one("select count(*) from notes", &[])
        .await
        .unwrap();
    assert_eq!(own, 2);
}

#[tokio::test]
async fn a_read_only_client_writes_nothing() {
    let world = World::new().await;
    let writer = world.alice();
    let readers = [
        writer.read_only().postgres(),
        writer.postgres().read_only(),
        world.clients.user(ALICE).read_only().postgres().unwrap(),
        writer.read_only().narrow().client().unwrap().postgres(),
    ];
    for reader in readers {
        assert!(reader.is_read_only());
        assert_eq!(
            reader.query("select from notes", &[]).await.unwrap().len(),
            2
        );
        for write in ["update notes set stars = 9", "set transaction read write"] {
            let error = reader.execute(write, &[]).await.unwrap_err();
            let Error::Postgres(error) = error else {
                panic!("{error}")
            };
            assert!(matches!(error.code(), Some("25006" | "25001")), "{error}");
        }
        let error = reader.transaction(async |tx| tx.execute("delete from notes", &[]).await);
        assert!(error.await.is_err());
    }
    assert_eq!(
        world
            .value("select count(*) from notes where stars = 0")
            .await,
        json!(5)
    );
}

#[tokio::test]
async fn a_result_that_is_too_large_is_an_error_and_the_connection_lives_on() {
    let limits = scoped_runtime::Limits::default().response_bytes(100_000);
    let world = World::with(|config| config.limits(limits), |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();
    for sql in [
        "select repeat('x', 1000) from generate_series(1, 1000)",
        "select from generate_series(1, 100000)",
    ] {
        let error = alice.query(sql, &[]).await.unwrap_err();
        assert!(
            error.to_string().contains("more than 100000 bytes"),
            "{error}"
        );
        assert_eq!(
            alice.query("select from notes", &[]).await.unwrap().len(),
            2
        );
    }
}

#[tokio::test]
async fn a_migration_under_a_prepared_statement_is_not_seen() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();
    let sql = "select * from notes";
    let columns = alice.query(sql, &[]).await.unwrap()[0].len();
    world
        .database
        .sql("alter table notes add column extra int4")
        .await
        .unwrap();
    assert_eq!(alice.query(sql, &[]).await.unwrap()[0].len(), columns + 1);
    // Statements that the program forgets on the server are prepared again.
    alice.execute("deallocate all", &[]).await.unwrap();
    assert_eq!(alice.query(sql, &[]).await.unwrap()[0].len(), columns + 1);
}
