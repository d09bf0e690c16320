//! A session is cleaned after each call, and not used before that is done.

use std::time::Duration;

use scoped_runtime::tokio_postgres::{self, NoTls};
use scoped_runtime::{Error, PostgresError, PostgresPhase, ScopedPostgres};
use serde_json::json;
use tokio::runtime::Builder;

use crate::support::{World, until};

/// The statements that wait for a lock.
const WAITING: &str = "select count(*) from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'";

/// A connection of the superuser.
async fn admin(world: &World) -> tokio_postgres::Client {
    let connecting = tokio_postgres::connect(world.database.admin_url(), NoTls);
    let (admin, connection) = connecting.await.unwrap();
    tokio::spawn(connection);
    admin
}

/// Leaves a temporary table on the session, which hides `notes`, and waits until another session has a lock on it, so that
/// it cannot be dropped.
async fn leave_a_locked_table(user: &ScopedPostgres, admin: &tokio_postgres::Client) {
    let left = user.transaction(async |tx| {
        tx.execute("create temp table notes as select * from notes", &[])
            .await?;
        tx.execute("commit", &[]).await?;
        let find = "select relnamespace::regnamespace::text from pg_class
                    where relname = 'notes' and relpersistence = 't'";
        let schema: String = admin.query_one(find, &[]).await.unwrap().get(0);
        let lock = format!("begin; lock table {schema}.notes in access share mode");
        admin.batch_execute(&lock).await.unwrap();
        Ok::<_, Error>(())
    });
    left.await.unwrap();
}

/// What a call leaves when it was not a statement of its own, or failed, or was dropped.
#[tokio::test]
async fn every_end_of_a_call_cleans_the_session() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let leave = "select set_config('timezone', 'Asia/Tokyo', false), set_config('app.left', 'by alice', false)";
    let left =
        "select current_setting('timezone'), coalesce(current_setting('app.left', true), '')";
    let clean = async |end: &str| {
        let (zone, app): (String, String) = bob.fetch_one(left, &[]).await.unwrap();
        assert_ne!(zone, "Asia/Tokyo", "{end}");
        assert_eq!(app, "", "{end}");
    };
    let committed = alice.transaction(async |tx| tx.execute(leave, &[]).await);
    committed.await.unwrap();
    clean("a commit").await;

    let ended_by_itself = alice
        .transaction(async |tx| {
            tx.execute("commit", &[]).await?;
            tx.execute("set timezone = 'Asia/Tokyo'", &[]).await?;
            tx.execute("select * from notes", &[]).await
        })
        .await;
    ended_by_itself.unwrap_err();
    clean("a rollback after a commit").await;

    // The statement is on the server, and its end is not awaited any more.
    let admin = admin(&world).await;
    let lock = "begin; lock table notes in access exclusive mode";
    admin.batch_execute(lock).await.unwrap();
    let dropped = {
        let alice = alice.clone();
        tokio::spawn(async move {
            let leave = "select set_config('timezone', 'Asia/Tokyo', false) from notes";
            alice.query(leave, &[]).await.map(drop)
        })
    };
    until("it waits for the lock", async || {
        world.value(WAITING).await == json!(1)
    })
    .await;
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    admin.batch_execute("rollback").await.unwrap();
    clean("a drop").await;
}

/// A call does not wait until its session is clean; the connection is not used before.
#[tokio::test]
async fn a_session_that_cannot_be_cleaned_is_not_used_again() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let pid = "select pg_backend_pid()";
    let before: i32 = alice.fetch_one(pid, &[]).await.unwrap();
    let admin = admin(&world).await;
    leave_a_locked_table(&alice, &admin).await;

    let hurried = bob.timeout(Duration::from_millis(300));
    let error = hurried.query(pid, &[]).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Postgres(PostgresError::Timeout {
                phase: PostgresPhase::Connection,
                may_have_committed: false,
                ..
            })
        ),
        "{error}"
    );
    let after: i32 = bob.fetch_one(pid, &[]).await.unwrap();
    assert_ne!(after, before, "another connection serves");
    admin.batch_execute("rollback").await.unwrap();
}

#[tokio::test]
async fn a_session_whose_cleaning_the_server_ended_is_not_used_again() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let look = "select pg_backend_pid(), count(*) from notes";
    let (before, _): (i32, i64) = alice.fetch_one(look, &[]).await.unwrap();
    let admin = admin(&world).await;
    leave_a_locked_table(&alice, &admin).await;

    let waiting = tokio::spawn(async move { bob.fetch_one::<(i32, i64)>(look, &[]).await });
    until("the cleaning waits for the lock", async || {
        world.value(WAITING).await == json!(1)
    })
    .await;
    let end = "select pg_cancel_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'";
    world.database.sql(end).await.unwrap();
    let (after, notes) = waiting.await.unwrap().unwrap();
    assert_ne!(after, before, "another connection serves");
    assert_eq!(notes, 3);
    admin.batch_execute("rollback").await.unwrap();
}

/// With its runtime, a connection loses the task that reads its answers.
#[tokio::test]
async fn a_session_whose_runtime_ended_is_not_used_again() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let leave =
        "select set_config('timezone', 'Asia/Tokyo', false), pg_sleep($1) is null from notes";
    for (sleeps, is_answered) in [(0.0, true), (60.0, false)] {
        let alice = alice.clone();
        let short_lived = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let call = tokio::spawn(async move { alice.query(leave, &[&sleeps]).await });
                let answer = tokio::time::timeout(Duration::from_millis(500), call).await;
                assert_eq!(answer.is_ok_and(|it| it.unwrap().is_ok()), is_answered);
            });
        });
        short_lived.join().unwrap();
        let zone = "select current_setting('timezone')";
        let zone: String = bob.fetch_one(zone, &[]).await.unwrap();
        assert_ne!(zone, "Asia/Tokyo", "answered: {is_answered}");
    }
}
