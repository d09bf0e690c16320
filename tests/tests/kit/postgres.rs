//! `testing::Postgres`: a database with the project's migrations and seed, and what `sql` returns.

use scoped_runtime::testing::Postgres;
use serde_json::json;

use crate::support::{SHOP, connect};

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
        (
            "with recursive made (id, tag) as materialized (insert into t values (3, '{c}') returning id, tags[1]), \
               up as (values (1) union all select column1 + 1 from up where column1 < 2) \
             -- the rows of both\n select id, tag, column1 as n from made, up order by n",
            json!([{ "id": 3, "tag": "c", "n": 1 }, { "id": 3, "tag": "c", "n": 2 }]),
        ),
        (
            "with gone as (delete from t where id = 3 returning id) update t set id = 4 from gone returning t.id",
            json!([{ "id": 4 }]),
        ),
        ("select from t", json!([{}])),
        ("select from t where false", json!([])),
        ("select id into copy from t", json!([])),
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
