//! Several statements in one transaction.

use std::time::Duration;

use futures_util::FutureExt;
use scoped_runtime::tokio_postgres::IsolationLevel;
use scoped_runtime::{ClientError, Error, PostgresError};
use serde_json::json;

use crate::support::{NOT_IDLE, World, until};

const COUNT: &str = "select count(*) from notes";

#[tokio::test]
async fn a_transaction_sees_its_writes_and_commits_them_together() {
    let world = World::new().await;
    let bob = world.bob().postgres();
    let seen = bob
        .transaction(async |tx| {
            tx.execute("insert into notes (body) values ($1)", &[&"b4"])
                .await?;
            tx.execute("insert into notes (body) values ($1)", &[&"b5"])
                .await?;
            tx.fetch_one::<i64>(COUNT, &[]).await
        })
        .await
        .unwrap();
    assert_eq!(seen, 5);
    assert_eq!(world.value(COUNT).await, json!(7));
}

#[tokio::test]
async fn errors_panics_and_drops_roll_back() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();

    let error: Error = alice
        .transaction(async |tx| {
            tx.execute("delete from notes", &[]).await?;
            Err::<(), _>(ClientError::Closed.into())
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Client(ClientError::Closed)));

    let panicking = alice.transaction(async |tx| {
        tx.execute("delete from notes", &[]).await?;
        let bug: fn() -> Result<(), Error> = || panic!("on purpose");
        bug()
    });
    assert!(
        std::panic::AssertUnwindSafe(panicking)
            .catch_unwind()
            .await
            .is_err()
    );

    let hanging = alice.transaction(async |tx| {
        tx.execute("delete from notes", &[]).await?;
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(200), hanging)
            .await
            .is_err()
    );

    // The only connection serves again, and nothing was deleted.
    let own: i64 = alice.fetch_one(COUNT, &[]).await.unwrap();
    assert_eq!(own, 2);
    until("all is idle", async || {
        world.value(NOT_IDLE).await == json!(0)
    })
    .await;
}

#[tokio::test]
async fn a_swallowed_error_does_not_pass_for_a_commit() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let error = alice
        .transaction(async |tx| {
            tx.execute("insert into notes (body) values ('lost')", &[])
                .await?;
            let _ = tx
                .execute("insert into notes (body, stars) values ('x', -1)", &[])
                .await;
            Ok::<_, Error>(())
        })
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Postgres(PostgresError::RolledBack)),
        "{error}"
    );
    assert_eq!(
        world
            .value("select count(*) from notes where body = 'lost'")
            .await,
        json!(0)
    );

    // A savepoint makes the transaction whole again.
    alice
        .transaction(async |tx| {
            tx.execute("insert into notes (body) values ('kept')", &[])
                .await?;
            tx.execute("savepoint before", &[]).await?;
            let _ = tx
                .execute("insert into notes (body, stars) values ('x', -1)", &[])
                .await;
            tx.execute("rollback to savepoint before", &[]).await?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    assert_eq!(
        world
            .value("select count(*) from notes where body = 'kept'")
            .await,
        json!(1)
    );
}

#[tokio::test]
async fn a_statement_that_is_dropped_ends_the_transaction() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let error = alice
        .transaction(async |tx| {
            tx.execute("delete from notes", &[]).await?;
            let slow = tx.query("select pg_sleep(60)", &[]);
            assert!(
                tokio::time::timeout(Duration::from_millis(100), slow)
                    .await
                    .is_err()
            );
            let error = tx.query("select 1", &[]).await.unwrap_err();
            assert!(matches!(error, Error::Postgres(PostgresError::Abandoned)));
            Ok::<_, Error>(())
        })
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Postgres(PostgresError::Abandoned)),
        "{error}"
    );
    until("the sleep is cancelled", async || {
        world.value(NOT_IDLE).await == json!(0)
    })
    .await;
    assert_eq!(world.value(COUNT).await, json!(5));
}

#[tokio::test]
async fn a_closed_client_commits_nothing() {
    let world = World::new().await;
    let alice = world.alice();
    let error = alice
        .postgres()
        .transaction(async |tx| {
            tx.execute("delete from notes", &[]).await?;
            alice.close();
            let error = tx.query("select 1", &[]).await.unwrap_err();
            assert!(matches!(error, Error::Client(ClientError::Closed)));
            Ok::<_, Error>(())
        })
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Closed)),
        "{error}"
    );
    assert_eq!(world.value(COUNT).await, json!(5));
}

#[tokio::test]
async fn transactions_run_in_tasks_and_side_by_side() {
    let world = World::new().await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let count = async move |client: scoped_runtime::ScopedPostgres| {
        client
            .transaction(async |tx| {
                let (one, other) = tokio::join!(
                    tx.fetch_one::<i64>(COUNT, &[]),
                    tx.fetch_one::<i64>(COUNT, &[])
                );
                Ok::<_, Error>((one?, other?))
            })
            .await
    };
    let (alice, bob) = (tokio::spawn(count(alice)), tokio::spawn(count(bob)));
    assert_eq!(alice.await.unwrap().unwrap(), (2, 2));
    assert_eq!(bob.await.unwrap().unwrap(), (3, 3));
}

#[tokio::test]
async fn the_isolation_level_is_the_one_that_was_chosen() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let level = "show transaction_isolation";
    assert_eq!(
        alice.fetch_one::<String>(level, &[]).await.unwrap(),
        "read committed"
    );
    let serializable = alice.isolation(IsolationLevel::Serializable);
    assert_eq!(
        serializable.fetch_one::<String>(level, &[]).await.unwrap(),
        "serializable"
    );
    let level = serializable
        .transaction(async |tx| tx.fetch_one::<String>(level, &[]).await)
        .await;
    assert_eq!(level.unwrap(), "serializable");
}
