//! Errors are told apart, and say nothing that is private.

use scoped_runtime::{Error, PostgresError};

use crate::support::World;

async fn refused(world: &World, sql: &str) -> (PostgresError, scoped_runtime::PublicError) {
    let error = world
        .alice()
        .postgres()
        .execute(sql, &[])
        .await
        .unwrap_err();
    let public = error.public();
    match error {
        Error::Postgres(error) => (error, public),
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn rls_grants_and_constraints_are_told_apart() {
    let world = World::new().await;
    world
        .database
        .sql("update notes set slug = 'SECRET' where body = 'b1'")
        .await
        .unwrap();

    let (error, public) = refused(
        &world,
        "insert into notes (owner, body) values (gen_random_uuid(), 'x')",
    )
    .await;
    assert!(
        error.is_rls_denied() && !error.is_grant_missing(),
        "{error}"
    );
    assert_eq!((public.status(), public.code()), (403, "42501"));

    let (error, public) = refused(&world, "select secret from vault").await;
    assert!(
        error.is_grant_missing() && !error.is_rls_denied(),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("grant"), "{error}");
    assert_eq!(public.status(), 403);

    let (error, public) = refused(
        &world,
        "insert into notes (body, slug) values ('x', 'SECRET')",
    )
    .await;
    assert_eq!(error.constraint(), Some("slug_is_taken"));
    assert_eq!(error.database().unwrap().table(), Some("notes"));
    assert_eq!(public.status(), 409);
    let said = format!("{error} {error:?} {}", public.body());
    assert!(!said.contains("SECRET"), "{said}");

    let (error, public) = refused(&world, "insert into notes (body, stars) values ('x', -1)").await;
    assert_eq!(
        (error.constraint(), public.status()),
        (Some("stars_are_counted"), 400)
    );
    assert!(!error.is_transient() && !error.is_cancelled() && !error.may_have_committed());

    let (error, public) = refused(&world, "select 'SECRET'::uuid").await;
    assert_eq!((error.code(), public.status()), (Some("22P02"), 400));
    assert!(!public.body().contains("SECRET"));

    let (error, public) = refused(&world, "selec 1").await;
    assert_eq!((error.code(), public.status()), (Some("42601"), 500));

    let raise = "do $$ begin raise exception 'no' using errcode = 'PT402'; end $$";
    assert_eq!(refused(&world, raise).await.1.status(), 402);
    assert_eq!(
        refused(&world, "do $$ begin raise exception 'no'; end $$")
            .await
            .1
            .status(),
        400
    );
    let collision = "do $$ begin raise exception 'x' using errcode = '40001'; end $$";
    let (error, public) = refused(&world, collision).await;
    assert!(error.is_transient());
    assert_eq!(public.status(), 503);
}

#[tokio::test]
async fn parameters_that_do_not_fit_never_reach_the_server() {
    let world = World::with(|config| config, |pool| pool.max_size(1)).await;
    let alice = world.alice().postgres();
    let sql = "update notes set stars = $1 where body = $2";
    let error = alice.execute(sql, &[&"SECRET", &"a1"]).await.unwrap_err();
    let number = match &error {
        Error::Postgres(PostgresError::Parameter {
            number, expected, ..
        }) if expected == "int4" => *number,
        _ => panic!("{error}"),
    };
    assert_eq!(number, 1);
    assert!(!format!("{error} {error:?}").contains("SECRET"));
    let error = alice.execute(sql, &[&1]).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Postgres(PostgresError::ParameterCount {
                expected: 2,
                found: 1,
                ..
            })
        ),
        "{error}"
    );
    assert_eq!(alice.execute(sql, &[&1, &"a1"]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_address() {
    use scoped_runtime::tokio_postgres::NoTls;
    use scoped_runtime::{PostgresPool, ScopedClients};

    let pool = PostgresPool::new("postgres://app:SECRET@127.0.0.1:1/postgres", NoTls).unwrap();
    let clients = ScopedClients::new(crate::support::project().build().unwrap()).unwrap();
    let clients = clients.with_postgres(pool).unwrap();
    let alice = clients.get(crate::support::ALICE).unwrap();
    for error in [
        alice
            .postgres()
            .query("select", &[])
            .await
            .map(drop)
            .unwrap_err(),
        clients.check_postgres().await.unwrap_err(),
    ] {
        assert!(error.is_transient(), "{error}");
        assert!(matches!(
            error,
            Error::Postgres(PostgresError::Connection { .. })
        ));
        assert_eq!(error.public().status(), 503);
        assert!(!format!("{error:?} {clients:?}").contains("SECRET"));
    }
}

#[tokio::test]
async fn a_wrong_connection_string_is_not_quoted() {
    use scoped_runtime::PostgresPool;
    use scoped_runtime::tokio_postgres::NoTls;

    for (text, reason) in [
        ("postgres//app:SECRET@host", "not a connection string"),
        (
            "postgres://app:SECRET@host:port/db",
            "not a connection string",
        ),
        ("user=app password=SECRET", "no host"),
        ("postgres://:SECRET@host/db", "no user"),
        (
            "postgres://app:SECRET@host/db?sslmode=require",
            "requires TLS",
        ),
    ] {
        let error = PostgresPool::new(text, NoTls).unwrap_err();
        assert_eq!(error.field(), "postgres");
        assert!(error.to_string().contains(reason), "{text}: {error}");
        assert!(!format!("{error} {error:?}").contains("SECRET"));
    }
    let pool = PostgresPool::new("postgres://app:SECRET@host/db", NoTls).unwrap();
    assert!(!format!("{pool:?}").contains("SECRET"));
}
