//! `testing::Postgres`.

use std::path::{Path, PathBuf};

use scoped_runtime::testing::{LocalSupabase, Postgres};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

const SHOP: &str = "tests/kit/shop/migrations";
const ALICE: &str = "00000000-0000-4000-8000-00000000000a";
const BOB: &str = "00000000-0000-4000-8000-00000000000b";

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn a_database_has_the_migrations_and_the_seed() {
    let postgres = Postgres::with(SHOP).await.unwrap();
    let rows = postgres
        .sql("select name, price from products order by name")
        .await
        .unwrap();
    assert_eq!(
        rows,
        json!([{ "name": "anvil", "price": 99.5 }, { "name": "rocket", "price": 1200.0 }])
    );
    // The trigger on `auth.users` saw the seed.
    let rows = postgres.sql("select email from profiles").await.unwrap();
    assert_eq!(rows, json!([{ "email": "alice@example.com" }]));
    let versions =
        "select version, name from supabase_migrations.schema_migrations order by version limit 1";
    let rows = postgres.sql(versions).await.unwrap();
    assert_eq!(
        rows,
        json!([{ "version": "20270101000000", "name": "products" }])
    );
}

#[tokio::test]
async fn each_database_is_its_own_and_goes_with_its_value() {
    let (one, other) = tokio::join!(Postgres::with(SHOP), Postgres::with(SHOP));
    let (one, other) = (one.unwrap(), other.unwrap());
    one.sql("delete from products").await.unwrap();
    let count = "select count(*) from products";
    assert_eq!(one.sql(count).await.unwrap(), json!([{ "count": 0 }]));
    assert_eq!(other.sql(count).await.unwrap(), json!([{ "count": 2 }]));

    let gone = one.admin_url().rsplit('/').next().unwrap().to_owned();
    let there = format!("select 1 as there from pg_database where datname = '{gone}'");
    assert_eq!(other.sql(&there).await.unwrap(), json!([{ "there": 1 }]));
    // An open connection does not keep it.
    let open = connect(one.url()).await;
    drop(one);
    assert_eq!(other.sql(&there).await.unwrap(), json!([]));
    assert!(open.batch_execute("select 1").await.is_err());
}

#[tokio::test]
async fn rows_come_as_json_from_any_last_statement() {
    let postgres = Postgres::with(SHOP).await.unwrap();
    for (statements, expected) in [
        ("", json!([])),
        ("-- nothing", json!([])),
        (
            "create table t (id bigint, tags text[], at timestamptz, data jsonb)",
            json!([]),
        ),
        (
            "insert into t values (1, '{a,b}', '2027-01-01T00:00:00Z', '{\"a\": null}') returning id; -- its key",
            json!([{ "id": 1 }]),
        ),
        (
            "select 1; select id, tags, data from t where data ? 'a;'; select id, tags, data from t",
            json!([{ "id": 1, "tags": ["a", "b"], "data": { "a": null } }]),
        ),
        (
            "update t set id = 2 returning id, tags[1] as tag",
            json!([{ "id": 2, "tag": "a" }]),
        ),
        (
            "with pair as (values (1), (2)) select column1 as n from pair",
            json!([{ "n": 1 }, { "n": 2 }]),
        ),
        ("values (1)", json!([{ "column1": 1 }])),
        ("delete from t", json!([])),
    ] {
        assert_eq!(
            postgres.sql(statements).await.unwrap(),
            expected,
            "{statements}"
        );
    }
    let error = postgres
        .sql("select 1; select * from nowhere")
        .await
        .unwrap_err();
    assert_eq!(error.step(), "sql");
    assert!(
        error
            .to_string()
            .contains("relation \"nowhere\" does not exist (SQLSTATE 42P01)"),
        "{error}"
    );
}

/// Runs a query as this user of the application, as `set_config` in a transaction does it.
async fn as_user(
    client: &mut Client,
    role: &str,
    claims: &Value,
    query: &str,
) -> Result<i64, String> {
    let transaction = client.transaction().await.unwrap();
    let enter = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)";
    let code = |error: tokio_postgres::Error| error.code().unwrap().code().to_owned();
    transaction
        .execute(enter, &[&role, &claims.to_string()])
        .await
        .map_err(code)?;
    let row = transaction.query_one(query, &[]).await.map_err(code)?;
    Ok(row.get(0))
}

#[tokio::test]
async fn policies_decide_for_the_login_of_the_application() {
    let postgres = Postgres::with(SHOP).await.unwrap();
    postgres
        .sql(&format!(
            "insert into auth.users (id) values ('{BOB}');
             insert into orders (buyer, product) select '{ALICE}', id from products;
             insert into orders (buyer, product) select '{BOB}', id from products limit 1;
             insert into storage.objects (bucket_id, name) values ('receipts', '{ALICE}/1.pdf'), ('receipts', '{BOB}/1.pdf')"
        ))
        .await
        .unwrap();
    let mut app = connect(postgres.url()).await;
    let orders = "select count(*) from orders";
    let claims = |sub: &str| json!({ "sub": sub, "role": "authenticated" });
    assert_eq!(
        as_user(&mut app, "authenticated", &claims(ALICE), orders).await,
        Ok(2)
    );
    assert_eq!(
        as_user(&mut app, "authenticated", &claims(BOB), orders).await,
        Ok(1)
    );
    let stranger = claims("00000000-0000-4000-8000-00000000000c");
    assert_eq!(
        as_user(&mut app, "authenticated", &stranger, orders).await,
        Ok(0)
    );
    assert_eq!(
        as_user(&mut app, "anon", &json!({ "role": "anon" }), orders).await,
        Ok(0)
    );
    let files = "select count(*) from storage.objects";
    assert_eq!(
        as_user(&mut app, "authenticated", &claims(BOB), files).await,
        Ok(1)
    );

    // Without a user it may nothing, and it cannot become one who may more.
    let denied = app.query_one(orders, &[]).await.unwrap_err();
    assert_eq!(denied.code().unwrap().code(), "42501");
    for role in ["service_role", "postgres", "supabase_admin", "shop_staff"] {
        let refused = as_user(&mut app, role, &claims(ALICE), orders).await;
        assert_eq!(refused, Err("42501".to_owned()), "{role}");
    }
    let login = "select rolsuper or rolbypassrls or rolinherit or rolcreaterole as any
        from pg_roles where rolname = split_part(split_part($1, '/', 3), ':', 1)";
    let row = app.query_one(login, &[&postgres.url()]).await.unwrap();
    assert!(!row.get::<_, bool>("any"));
}

#[tokio::test]
async fn migrations_are_applied_by_postgres_who_is_not_a_superuser() {
    let folder = Folder::new("not-superuser");
    folder.write(
        "1_who.sql",
        "create table who as select current_user::text as name,
        (select rolsuper from pg_roles where rolname = current_user) as is_superuser",
    );
    let postgres = Postgres::with(&folder.0).await.unwrap();
    let rows = postgres.sql("select * from who").await.unwrap();
    assert_eq!(rows, json!([{ "name": "postgres", "is_superuser": false }]));
    // What a project refuses is refused here.
    folder.write("2_copy.sql", "\nselect 1;\ncopy who to program 'true';");
    let error = Postgres::with(&folder.0).await.unwrap_err().to_string();
    assert!(
        error.contains("2_copy.sql:3: permission denied")
            || error.contains("2_copy.sql:3: must be"),
        "{error}"
    );
}

#[tokio::test]
async fn a_migration_that_is_refused_is_named_with_its_line() {
    for (text, line, message) in [
        // PostgreSQL names the place.
        (
            "select 1;\n\ncreate tabel x ();",
            3,
            "syntax error at or near \"tabel\" (SQLSTATE 42601)",
        ),
        (
            "select 'é';\nselect nothing;",
            2,
            "column \"nothing\" does not exist (SQLSTATE 42703)",
        ),
        // It does not, and the statement is all there is.
        (
            "create table x (id int primary key);\ninsert into x values (1);\n\ninsert into x\n values (1);",
            4,
            "duplicate key",
        ),
        (
            "-- A comment; with a semicolon.\n/* ; */ select 1;\ndrop table nowhere;",
            3,
            "table \"nowhere\" does not exist",
        ),
        (
            "select 1;\ndo $$ begin\n  perform 1;\n  raise exception 'no';\nend $$;",
            2,
            "no (SQLSTATE P0001)",
        ),
        ("\u{feff}select 1;", 1, "syntax error"),
        (
            "create extension if not exists no_such_extension;",
            1,
            "set DATABASE_URL to a server that has it",
        ),
    ] {
        let folder = Folder::new("refused");
        let file = folder.write("1_refused.sql", text);
        let error = Postgres::with(&folder.0).await.unwrap_err();
        assert_eq!(error.step(), "migrate");
        let error = error.to_string();
        let begin = format!("migrate: {}:{line}: ", file.display());
        assert!(
            error.starts_with(&begin) && error.contains(message),
            "{text:?}: {error}"
        );
    }
}

#[tokio::test]
async fn files_are_chosen_and_ordered_as_by_the_cli() {
    let folder = Folder::new("order");
    folder.write(
        "migrations/2_b.sql",
        "insert into seen (what) values ('2_b');",
    );
    folder.write(
        "migrations/1_a.sql",
        "create table seen (id int generated always as identity, what text);",
    );
    folder.write("migrations/notes.sql", "this is not SQL");
    folder.write("migrations/3_c.SQL", "neither is this");
    folder.write("migrations/README.md", "nor this");
    folder.write("more/21_d.sql", "insert into seen (what) values ('21_d');");
    folder.write("seed.sql", "insert into seen (what) values ('seed');");
    folder.write("other.sql", "insert into seen (what) values ('other');");
    let seen = async |builder: scoped_runtime::testing::PostgresBuilder| {
        let rows = builder
            .await
            .unwrap()
            .sql("select what from seen order by id")
            .await
            .unwrap();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["what"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let with = || Postgres::with(folder.0.join("migrations"));
    assert_eq!(seen(with()).await, ["2_b", "seed"]);
    assert_eq!(seen(with().without_seed()).await, ["2_b"]);
    assert_eq!(
        seen(with().seed(folder.0.join("other.sql"))).await,
        ["2_b", "other"]
    );
    assert_eq!(
        seen(with().migrations(folder.0.join("more"))).await,
        ["21_d", "2_b", "seed"]
    );

    // What a file has set does not apply to the next one; a file is one transaction.
    folder.write(
        "migrations/4_set.sql",
        "set search_path = nowhere; set statement_timeout = 1;",
    );
    folder.write(
        "migrations/5_after.sql",
        "insert into seen (what) values ('5');",
    );
    assert_eq!(seen(with()).await, ["2_b", "5", "seed"]);
    // What cannot run in a transaction can be the first statement.
    folder.write(
        "migrations/6_alone.sql",
        "create index concurrently on seen (what);",
    );
    folder.write(
        "migrations/7_first.sql",
        "create index concurrently on seen (id);\ninsert into seen (what) values ('7');",
    );
    assert_eq!(seen(with()).await, ["2_b", "5", "7", "seed"]);
    folder.write(
        "migrations/8_second.sql",
        "select 1;\ncreate index concurrently on seen (id);",
    );
    let error = with().await.unwrap_err().to_string();
    assert!(
        error.contains("8_second.sql:2: CREATE INDEX CONCURRENTLY cannot"),
        "{error}"
    );
    folder.write("migrations/8_second.sql", "");
    folder.write("migrations/8_twice.sql", "");
    let error = with().await.unwrap_err().to_string();
    assert!(
        error.contains("8_twice.sql has the version of another file; give each migration a number"),
        "{error}"
    );
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_an_error_that_says_what_to_name() {
    for error in [
        Postgres::with("no/such/folder").await.unwrap_err(),
        LocalSupabase::with("no/such/folder").await.unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.starts_with("migrate: no/such/folder: "), "{error}");
        assert!(error.contains("such as `supabase/migrations`"), "{error}");
    }
}

#[tokio::test]
async fn projects_whose_migrations_make_the_same_role_do_not_meet() {
    let (one, other) = (Folder::new("role-one"), Folder::new("role-other"));
    one.write("1_role.sql", "create role of_both; create table one ();");
    other.write("1_role.sql", "create role of_both; create table other ();");
    let one = Postgres::with(&one.0).await.unwrap();
    let other = Postgres::with(&other.0).await.unwrap();
    one.sql("select from one").await.unwrap();
    other.sql("select from other").await.unwrap();
}

#[tokio::test]
async fn the_local_server_has_the_same_project_as_the_database_alone() {
    let server = LocalSupabase::with(SHOP).await.unwrap();
    let alone = Postgres::with(SHOP).await.unwrap();
    for query in [
        "select schemaname, tablename, policyname, roles, qual, with_check from pg_policies order by 1, 2, 3",
        "select name, price from products order by name",
        "select email from profiles",
        "select grantee, privilege_type from information_schema.role_table_grants
         where table_name = 'orders' and grantee in ('anon', 'authenticated', 'service_role') order by 1, 2",
        "select id, public from storage.buckets",
    ] {
        let rows = server.sql(query).await.unwrap();
        assert_ne!(rows, json!([]), "{query}");
        assert_eq!(rows, alone.sql(query).await.unwrap(), "{query}");
    }
    // A direct connection of the application sees what the user sees over HTTP.
    let clients = scoped_runtime::ScopedClients::new(server.config().unwrap()).unwrap();
    let alice = clients.get(ALICE).unwrap();
    let profiles = alice
        .from("profiles")
        .select("id")
        .fetch::<Value>()
        .await
        .unwrap();
    assert_eq!(profiles, [json!({ "id": ALICE })]);
    let bob = clients.get(BOB).unwrap();
    assert_eq!(
        bob.from("profiles")
            .select("id")
            .fetch::<Value>()
            .await
            .unwrap(),
        [] as [Value; 0]
    );
    let mut app = connect(server.database_url()).await;
    let claims = json!({ "sub": ALICE, "role": "authenticated" });
    let count = "select count(*) from profiles";
    assert_eq!(
        as_user(&mut app, "authenticated", &claims, count).await,
        Ok(1)
    );
    assert_eq!(as_user(&mut app, "anon", &claims, count).await, Ok(0));
}

#[test]
fn passwords_are_not_shown() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let postgres = runtime
        .block_on(Postgres::with(SHOP).into_future())
        .unwrap();
    let shown = format!("{postgres:?}");
    for url in [postgres.url(), postgres.admin_url()] {
        let password = url.split(['@', ':']).nth(2).unwrap();
        assert!(password.len() >= 32 && !shown.contains(password), "{shown}");
    }
    // Outside of a runtime it can be dropped as well.
    drop(postgres);
}

/// A folder of this test, which is removed after it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static FOLDERS: AtomicU64 = AtomicU64::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{number}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
