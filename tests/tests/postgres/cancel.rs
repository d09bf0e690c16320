//! Time limits and dropped futures reach the server.

use std::time::Duration;

use scoped_runtime::testing::ManualClock;
use scoped_runtime::{Error, PostgresError, PostgresPhase};
use serde_json::json;

use crate::support::{NOT_IDLE, World, until};

const SLEEP: &str = "select pg_sleep(60)";

#[tokio::test]
async fn a_dropped_future_cancels_its_statement_and_frees_the_connection() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();
    for _ in 0..3 {
        let sleeping = alice.query(SLEEP, &[]);
        assert!(
            tokio::time::timeout(Duration::from_millis(100), sleeping)
                .await
                .is_err()
        );
        // The only connection is free long before the sleep would have ended.
        assert_eq!(alice.fetch_one::<i32>("select 1", &[]).await.unwrap(), 1);
        until("the sleep is cancelled", async || {
            world.value(NOT_IDLE).await == json!(0)
        })
        .await;
    }
}

#[tokio::test]
async fn a_statement_that_ends_at_once_costs_no_connection_when_it_is_dropped() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();
    let pid = async || {
        alice
            .fetch_one::<i32>("select pg_backend_pid()", &[])
            .await
            .unwrap()
    };
    let before = pid().await;
    for _ in 0..20 {
        let query = alice.query("select from notes", &[]);
        let mut query = Box::pin(query);
        assert!(futures_util::poll!(&mut query).is_pending());
        drop(query);
    }
    assert_eq!(pid().await, before);
}

#[tokio::test]
async fn the_server_ends_a_statement_at_the_time_limit_of_the_call() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    // A connection is there, so that the time passes in the statement.
    alice.query("select", &[]).await.unwrap();
    let limited = alice.timeout(Duration::from_millis(500));
    let statement = limited.query(SLEEP, &[]).await.map(drop).unwrap_err();
    alice.query("select", &[]).await.unwrap();
    let transaction = limited
        .transaction(async |tx| tx.query(SLEEP, &[]).await.map(drop))
        .await
        .unwrap_err();
    for error in [statement, transaction] {
        let Error::Postgres(error) = error else {
            panic!("{error}")
        };
        assert!(error.is_cancelled() && error.is_transient(), "{error}");
        assert!(!error.may_have_committed(), "{error}");
        assert_eq!(Error::from(error).public().status(), 504);
    }
    until("the sleep is cancelled", async || {
        world.value(NOT_IDLE).await == json!(0)
    })
    .await;
}

/// The server's own limit is an hour by its clock; ours passes at once.
#[tokio::test]
async fn the_deadline_of_our_clock_reaches_the_server() {
    let clock = ManualClock::real();
    let world = World::with(
        |config| config.clock(clock.clone()),
        |pool| pool.max_size(1).timeout(Duration::from_hours(1)),
    )
    .await;
    let database = world.value("select current_database()").await;
    let sql = format!(
        "alter role authenticated in database {} set statement_timeout = 0",
        database.as_str().unwrap()
    );
    world.database.sql(&sql).await.unwrap();
    let alice = world
        .clients
        .user(crate::support::ALICE)
        .expires_in(Duration::from_hours(24))
        .postgres()
        .unwrap();
    let sleeping = {
        let alice = alice.clone();
        tokio::spawn(async move { alice.query("select pg_sleep(60) from notes", &[]).await })
    };
    let sleeps = "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event = 'PgSleep'";
    until("it sleeps", async || world.value(sleeps).await == json!(1)).await;
    // The limit, then the time in which a statement may still end by itself.
    for step in [3601, 1] {
        clock.pass(Duration::from_secs(step));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let error = sleeping.await.unwrap().unwrap_err();
    assert!(
        matches!(
            error,
            Error::Postgres(PostgresError::Timeout {
                phase: PostgresPhase::Statement,
                may_have_committed: false,
                ..
            })
        ),
        "{error}"
    );
    assert_eq!(world.value(NOT_IDLE).await, json!(0));
    assert_eq!(alice.fetch_one::<i32>("select 1", &[]).await.unwrap(), 1);
}

#[tokio::test]
async fn waiting_for_a_connection_has_an_end() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let (alice, bob) = (
        world.alice().postgres(),
        world.bob().postgres().timeout(Duration::from_millis(100)),
    );
    let error = alice
        .transaction(async |_| Ok::<_, Error>(bob.query("select", &[]).await.unwrap_err()))
        .await
        .unwrap();
    assert!(
        matches!(
            error,
            Error::Postgres(PostgresError::Timeout {
                phase: PostgresPhase::Connection,
                ..
            })
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_transaction_that_waits_for_something_else_is_ended() {
    let clock = ManualClock::real();
    let world = World::with(
        |config| config.clock(clock.clone()),
        |pool| pool.timeout(Duration::from_mins(1)),
    )
    .await;
    let alice = world.alice().postgres();
    let hanging = tokio::spawn(async move {
        alice
            .transaction(async |tx| {
                tx.execute("delete from notes", &[]).await?;
                std::future::pending::<Result<(), Error>>().await
            })
            .await
    });
    let waits = "select count(*) from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction' and query like 'delete%'";
    until("it waits in the transaction", async || {
        world.value(waits).await == json!(1)
    })
    .await;
    clock.pass(Duration::from_secs(90));
    let error = hanging.await.unwrap().unwrap_err();
    assert!(
        matches!(error, Error::Postgres(PostgresError::Timeout { .. })),
        "{error}"
    );
    until("it is rolled back", async || {
        world.value(NOT_IDLE).await == json!(0)
    })
    .await;
    assert_eq!(world.value("select count(*) from notes").await, json!(5));
}

/// A connection that the server ends in the middle of a write leaves open whether it was committed.
#[tokio::test]
async fn a_lost_connection_says_that_a_write_may_have_been_committed() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();
    let writing = {
        let alice = alice.clone();
        tokio::spawn(async move {
            alice
                .execute(
                    "update notes set stars = 1 where pg_sleep(60) is not null",
                    &[],
                )
                .await
        })
    };
    let reading = async || {
        world
            .value("select count(*) from pg_stat_activity where datname = current_database() and state = 'active'
                    and pid <> pg_backend_pid() and query like 'update%'")
            .await
    };
    until("it writes", async || reading().await == json!(1)).await;
    let end =
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
               and pid <> pg_backend_pid() and query like 'update%'";
    world.database.sql(end).await.unwrap();
    let error = writing.await.unwrap().unwrap_err();
    let Error::Postgres(error) = error else {
        panic!("{error}")
    };
    assert!(error.is_transient(), "{error}");
    // The server has said that it ends (57P01), or the connection is lost.
    assert!(
        error.code() == Some("57P01") || error.may_have_committed(),
        "{error}"
    );
    assert_eq!(
        alice.query("select from notes", &[]).await.unwrap().len(),
        2,
        "a new connection serves"
    );
}
