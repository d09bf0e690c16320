//! The login role is checked before the first statement.

use scoped_runtime::testing::Postgres;
use scoped_runtime::tokio_postgres::NoTls;
use scoped_runtime::{Error, PostgresPool, Role, ScopedClients};

use crate::support::{ALICE, World, database, project};

/// Makes a role with these attributes and grants, and returns the project that connects as it. Roles belong to the
/// server, so each test has names of its own.
async fn project_of(database: &Postgres, name: &str, sql: &str) -> ScopedClients {
    let drop = format!("drop role if exists {name}");
    database.sql(&drop).await.unwrap();
    database.sql(&sql.replace("NAME", name)).await.unwrap();
    let mut address: scoped_runtime::tokio_postgres::Config = database.url().parse().unwrap();
    address.user(name).password("password");
    let clients = ScopedClients::new(project().build().unwrap()).unwrap();
    clients
        .with_postgres(PostgresPool::new(address, NoTls).unwrap())
        .unwrap()
}

const GOOD: &str =
    "create role NAME login noinherit password 'password'; grant anon, authenticated to NAME";

#[tokio::test]
async fn the_role_of_the_guide_is_safe() {
    let database = database().await;
    let clients = project_of(&database, "login_good", GOOD).await;
    clients.check_postgres().await.unwrap();
    let rows = clients
        .get(ALICE)
        .unwrap()
        .postgres()
        .query("select from notes", &[])
        .await;
    assert_eq!(rows.unwrap().len(), 2);
}

#[tokio::test]
async fn every_dangerous_role_is_refused_with_its_danger() {
    let database = database().await;
    let version = database
        .sql("select current_setting('server_version_num')::int4 as number")
        .await
        .unwrap();
    let is_16 = version[0]["number"].as_i64().unwrap() >= 160_000;
    let mut cases = vec![
        ("login_super", "alter role NAME superuser", "is a superuser"),
        (
            "login_bypass",
            "alter role NAME bypassrls",
            "bypasses Row Level Security",
        ),
        (
            "login_creates",
            "alter role NAME createrole",
            "can create roles",
        ),
        (
            "login_replicates",
            "alter role NAME replication",
            "replicate",
        ),
        (
            "login_service",
            "grant service_role to NAME",
            "can become `service_role`, which bypasses",
        ),
        (
            "login_auth",
            "grant authenticator to NAME",
            "can become `service_role`",
        ),
        (
            "login_reads",
            "grant pg_read_server_files to NAME",
            "reads files of the server",
        ),
        (
            "login_far",
            "create role login_bridge; grant service_role to login_bridge; grant login_bridge to NAME",
            "can become `service_role`",
        ),
        (
            "login_owns",
            "create schema NAME authorization NAME; create table NAME.t (); alter table NAME.t owner to NAME",
            "owns tables",
        ),
        (
            "login_stranger",
            "revoke anon from NAME",
            "cannot become `anon`",
        ),
        (
            "login_inherits",
            "alter role NAME inherit; revoke authenticated from NAME; grant authenticated to NAME",
            "has the rights of `authenticated` without becoming it",
        ),
    ];
    if is_16 {
        cases.push((
            "login_unset",
            "grant authenticated to NAME with set false",
            "cannot become `authenticated`",
        ));
        cases.push((
            "login_grants",
            "grant service_role to NAME with admin true, set false, inherit false",
            "can become `service_role`",
        ));
    }
    for (name, sql, danger) in cases {
        let clients = project_of(&database, name, &format!("{GOOD}; {sql}")).await;
        let alice = clients.get(ALICE).unwrap().postgres();
        for error in [
            clients.check_postgres().await.unwrap_err(),
            alice
                .query("select from notes", &[])
                .await
                .map(drop)
                .unwrap_err(),
        ] {
            let Error::Configuration(error) = error else {
                panic!("{name}: {error}")
            };
            assert_eq!(error.field(), "postgres");
            assert!(error.to_string().contains(danger), "{name}: {error}");
            assert!(
                error
                    .problems()
                    .iter()
                    .all(|problem| !problem.remedy().is_empty())
            );
        }
        // The server is that of other tests too.
        let cleanup = format!("drop owned by {name} cascade; drop role {name}");
        database.sql(&cleanup).await.unwrap();
    }
    database.sql("drop role login_bridge").await.unwrap();
}

#[tokio::test]
async fn a_role_that_owns_tables_with_policies_or_inherits_from_their_owner_is_refused() {
    let database = database().await;
    let sql = "create role login_owner_of_tables; create table owned (); alter table owned enable row level security;
               insert into owned default values; alter table owned owner to login_owner_of_tables;
               create role login_heir_of_tables; grant login_owner_of_tables to login_heir_of_tables";
    database.sql(sql).await.unwrap();
    for role in ["login_owner_of_tables", "login_heir_of_tables"] {
        let sql = format!("set role {role}; select count(*) from owned");
        let rows = database.sql(&sql).await.unwrap();
        assert_eq!(
            rows,
            serde_json::json!([{ "count": 1 }]),
            "no policy stops `{role}`"
        );
    }
    let address = database
        .url()
        .parse::<scoped_runtime::tokio_postgres::Config>()
        .unwrap();
    let login = address.get_user().unwrap().to_owned();
    let mut errors = Vec::new();
    for role in ["login_owner_of_tables", "login_heir_of_tables"] {
        let sql = format!("grant {role} to {login}");
        database.sql(&sql).await.unwrap();
        let clients = ScopedClients::new(project().build().unwrap()).unwrap();
        let pool = PostgresPool::new(address.clone(), NoTls).unwrap();
        let pool = pool.roles([Role::new(role).unwrap()]);
        let clients = clients.with_postgres(pool).unwrap();
        errors.push((role, clients.check_postgres().await.unwrap_err()));
    }
    let cleanup =
        "drop table owned; drop role login_heir_of_tables; drop role login_owner_of_tables";
    database.sql(cleanup).await.unwrap();
    for (role, error) in errors {
        let danger =
            format!("allows the role `{role}`, which owns tables or inherits from their owner");
        assert!(error.to_string().contains(&danger), "{error}");
    }
}

#[tokio::test]
async fn a_project_has_one_pool_and_says_so_when_it_has_none() {
    let world = World::new().await;
    let again = PostgresPool::new(world.database.url(), NoTls).unwrap();
    let error = world.clients.clone().with_postgres(again).unwrap_err();
    assert!(error.to_string().contains("already"), "{error}");

    let clients = ScopedClients::new(project().build().unwrap()).unwrap();
    let without = clients.get(ALICE).unwrap().postgres();
    for error in [
        without.query("select", &[]).await.map(drop).unwrap_err(),
        without
            .transaction(async |_| Ok::<_, Error>(()))
            .await
            .unwrap_err(),
        clients.check_postgres().await.unwrap_err(),
        clients.refresh_postgres_roles().unwrap_err().into(),
    ] {
        assert!(error.to_string().contains("with_postgres"), "{error}");
    }
    let none = PostgresPool::new(world.database.url(), NoTls)
        .unwrap()
        .max_size(0);
    let error = clients
        .with_postgres(none.timeout(std::time::Duration::ZERO))
        .unwrap_err();
    let fields: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.field().to_owned())
        .collect();
    assert_eq!(fields, ["max_size", "timeout"]);
}
