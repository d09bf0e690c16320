//! Transactions of `sqlx` on the application's own pool.

use std::time::Duration;

use scoped_runtime::{
    ClientError, Error, PostgresError, ScopedClient, ScopedClients, SqlxPool, TokenError,
};
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Acquire, PgPool};

use crate::fuzz::LEFT;
use crate::support::{ALICE, BOB, NOT_IDLE, World, database, project, until};

const BODIES: &str = "select body from notes order by body";

/// A database, a project that reaches it, and the application's pool of this size.
async fn world(size: u32) -> (World, PgPool) {
    let database = database().await;
    let pool = PgPoolOptions::new().max_connections(size);
    let pool = pool.connect_lazy(database.url()).unwrap();
    let clients = project_with(SqlxPool::new(pool.clone()));
    (World { database, clients }, pool)
}

/// A project with this pool.
pub(crate) fn project_with(pool: SqlxPool) -> ScopedClients {
    let clients = ScopedClients::new(project().build().unwrap()).unwrap();
    clients.with_sqlx(pool).unwrap()
}

async fn bodies(client: &ScopedClient) -> Result<Vec<String>, Error> {
    let db = client.sqlx();
    db.transaction(async |tx| Ok(sqlx::query_scalar(BODIES).fetch_all(&mut **tx).await?))
        .await
}

/// Inserts a note of the current user.
pub(crate) const INSERT: &str = "insert into notes (body) values ($1)";

#[tokio::test]
async fn two_users_see_their_own_rows_and_write_no_others() {
    let (world, _) = world(2).await;
    assert_eq!(bodies(&world.alice()).await.unwrap(), ["a1", "a2"]);
    assert_eq!(bodies(&world.bob()).await.unwrap(), ["b1", "b2", "b3"]);
    let theirs = world
        .alice()
        .sqlx()
        .transaction(async |tx| {
            let theirs = sqlx::query("select from notes where owner = $1::uuid").bind(BOB);
            Ok::<_, Error>(theirs.fetch_all(&mut **tx).await?.len())
        })
        .await;
    assert_eq!(theirs.unwrap(), 0, "no row of Bob is Alice's to see");
    let foreign = world
        .alice()
        .sqlx()
        .transaction(async |tx| {
            let insert = "insert into notes (owner, body) values ($1::uuid, 'x')";
            Ok::<_, Error>(sqlx::query(insert).bind(BOB).execute(&mut **tx).await?)
        })
        .await;
    let Err(Error::Postgres(error)) = foreign else {
        panic!("a policy refuses it");
    };
    assert!(error.is_rls_denied(), "{error}");
    let anonymous = world.clients.anonymous().unwrap().sqlx();
    let role = anonymous
        .transaction(async |tx| {
            let role = sqlx::query_scalar::<_, String>("select current_user::text");
            Ok::<_, Error>(role.fetch_one(&mut **tx).await?)
        })
        .await;
    assert_eq!(role.unwrap(), "anon");
}

#[tokio::test]
async fn outside_of_the_transaction_the_pool_has_no_identity() {
    let (world, pool) = world(1).await;
    bodies(&world.alice()).await.unwrap();
    let left: (String, String) = sqlx::query_as(LEFT).fetch_one(&pool).await.unwrap();
    assert_eq!(left, ("none".to_owned(), String::new()));
    let error = sqlx::query(BODIES).fetch_all(&pool).await.unwrap_err();
    assert!(error.to_string().contains("permission denied"), "{error}");
}

#[tokio::test]
async fn it_commits_on_ok_and_rolls_back_on_an_error_a_panic_and_a_drop() {
    let (world, _) = world(1).await;
    let alice = world.alice().sqlx();
    alice
        .transaction(async |tx| {
            sqlx::query(INSERT).bind("a3").execute(&mut **tx).await?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    let refused: Result<(), Error> = alice
        .transaction(async |tx| {
            sqlx::query(INSERT).bind("error").execute(&mut **tx).await?;
            Err(ClientError::Closed.into())
        })
        .await;
    assert!(matches!(refused, Err(Error::Client(ClientError::Closed))));
    let db = alice.clone();
    let panicking = tokio::spawn(async move {
        db.transaction(async |tx| {
            sqlx::query(INSERT).bind("panic").execute(&mut **tx).await?;
            panic!("on purpose");
            #[expect(unreachable_code, reason = "the type of the closure")]
            Ok::<(), Error>(())
        })
        .await
    });
    assert!(panicking.await.unwrap_err().is_panic());
    let dropped = alice.transaction(async |tx| {
        sqlx::query(INSERT).bind("drop").execute(&mut **tx).await?;
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    });
    let dropped = tokio::time::timeout(Duration::from_millis(100), dropped);
    assert!(dropped.await.is_err());
    assert_eq!(bodies(&world.alice()).await.unwrap(), ["a1", "a2", "a3"]);
    until("no transaction is open", async || {
        world.value(NOT_IDLE).await == json!(0)
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_that_the_closure_hides_is_an_error() {
    let (world, _) = world(1).await;
    let alice = world.alice().sqlx();
    for (transactions, first) in [
        (alice.clone(), INSERT),
        (alice.read_only(), "select $1::text"),
    ] {
        let outcome = transactions
            .transaction(async |tx| {
                sqlx::query(first).bind("lost").execute(&mut **tx).await?;
                let failed = sqlx::query("select 1/0").execute(&mut **tx).await;
                failed.unwrap_err();
                Ok::<_, Error>(())
            })
            .await;
        assert!(
            matches!(outcome, Err(Error::Postgres(PostgresError::RolledBack))),
            "{first}: {outcome:?}"
        );
    }
    assert_eq!(bodies(&world.alice()).await.unwrap(), ["a1", "a2"]);
}

#[tokio::test]
async fn a_nested_begin_is_a_savepoint_of_the_same_user() {
    let (world, _) = world(1).await;
    let seen = world
        .alice()
        .sqlx()
        .transaction(async |tx| {
            sqlx::query(INSERT).bind("a3").execute(&mut **tx).await?;
            let mut inner = tx.begin().await?;
            sqlx::query(INSERT).bind("a4").execute(&mut *inner).await?;
            inner.rollback().await?;
            Ok::<_, Error>(
                sqlx::query_scalar::<_, String>(BODIES)
                    .fetch_all(&mut **tx)
                    .await?,
            )
        })
        .await;
    assert_eq!(seen.unwrap(), ["a1", "a2", "a3"]);
    assert_eq!(bodies(&world.alice()).await.unwrap(), ["a1", "a2", "a3"]);
}

#[tokio::test]
async fn a_time_limit_ends_statements_on_the_server_and_everything_else_here() {
    let (world, _) = world(1).await;
    let alice = world.alice().sqlx().timeout(Duration::from_secs(1));
    let slow = alice
        .transaction(async |tx| {
            sqlx::query("select pg_sleep(60)")
                .execute(&mut **tx)
                .await?;
            Ok::<_, Error>(())
        })
        .await;
    let Err(Error::Postgres(slow)) = slow else {
        panic!("the statement is cancelled");
    };
    assert!(slow.is_cancelled() && slow.is_transient(), "{slow}");
    let waiting = alice
        .transaction(async |tx| {
            sqlx::query("select 1").execute(&mut **tx).await?;
            std::future::pending::<()>().await;
            Ok::<_, Error>(())
        })
        .await;
    let Err(Error::Postgres(waiting)) = waiting else {
        panic!("the time has passed");
    };
    assert!(
        waiting.is_cancelled() && !waiting.may_have_committed(),
        "{waiting}"
    );
    assert_eq!(bodies(&world.alice()).await.unwrap(), ["a1", "a2"]);
}

#[tokio::test]
async fn a_closed_and_a_read_only_client_and_a_role_without_leave_are_refused() {
    let (world, _) = world(1).await;
    let insert = async |client: &ScopedClient| {
        let db = client.sqlx();
        db.transaction(async |tx| {
            sqlx::query(INSERT).bind("x").execute(&mut **tx).await?;
            Ok::<_, Error>(())
        })
        .await
    };
    let Err(Error::Postgres(error)) = insert(&world.alice().read_only()).await else {
        panic!("the transaction is read-only");
    };
    assert_eq!(error.code(), Some("25006"));
    let closed = world.clients.user(BOB).claim("a", 1).client().unwrap();
    closed.close();
    let outcome = insert(&closed).await;
    assert!(
        matches!(
            outcome,
            Err(Error::Client(ClientError::Closed) | Error::Token(TokenError::Expired))
        ),
        "{outcome:?}"
    );
    let other = world.clients.user(BOB).role("reporting").client().unwrap();
    let error = insert(&other).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("does not allow the role `reporting`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_login_role_that_could_bypass_policies_is_refused_and_a_project_has_one_pool() {
    let (world, pool) = world(1).await;
    world.clients.check_sqlx().await.unwrap();
    let again = world.clients.clone().with_sqlx(SqlxPool::new(pool));
    assert!(again.is_err());
    let superuser = PgPoolOptions::new().connect_lazy(world.database.admin_url());
    let clients = ScopedClients::new(project().build().unwrap()).unwrap();
    let without = bodies(&clients.get(ALICE).unwrap()).await.unwrap_err();
    assert!(without.to_string().contains("with_sqlx"), "{without}");
    let clients = clients
        .with_sqlx(SqlxPool::new(superuser.unwrap()))
        .unwrap();
    let error = bodies(&clients.get(ALICE).unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("is a superuser"), "{error}");
}

#[tokio::test]
async fn a_check_of_a_server_that_says_nothing_ends_by_the_time_limit() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://app@{}/app", silent.local_addr().unwrap());
    let pool = SqlxPool::new(PgPoolOptions::new().connect_lazy(&url).unwrap());
    let clients = project_with(pool.timeout(Duration::from_millis(100)));
    let error = clients.check_sqlx().await.unwrap_err();
    let Error::Postgres(PostgresError::Timeout { after, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!(after, Duration::from_millis(100));
}

#[tokio::test]
async fn the_settings_of_the_role_apply() {
    let (world, _) = world(1).await;
    let sql = format!(
        "alter role authenticated in database \"{}\" set work_mem = '7MB'",
        world.address().get_dbname().unwrap()
    );
    world.database.sql(&sql).await.unwrap();
    let shown = world
        .alice()
        .sqlx()
        .transaction(async |tx| {
            let shown = sqlx::query_scalar::<_, String>("show work_mem");
            Ok::<_, Error>(shown.fetch_one(&mut **tx).await?)
        })
        .await;
    assert_eq!(shown.unwrap(), "7MB");
}
