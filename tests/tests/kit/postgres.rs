//! `testing::Postgres`.

use scoped_runtime::testing::Postgres;
use serde_json::json;

#[tokio::test]
async fn a_database_has_the_migrations_and_the_seed() {
    let postgres = Postgres::with("tests/kit/shop/migrations").await.unwrap();
    let rows = postgres.sql("select name from products order by name").await.unwrap();
    assert_eq!(rows, json!([{ "name": "anvil" }, { "name": "rocket" }]));
}

#[tokio::test]
async fn each_database_is_its_own() {
    let (one, other) = tokio::join!(
        Postgres::with("tests/kit/shop/migrations"),
        Postgres::with("tests/kit/shop/migrations"),
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    one.sql("delete from products").await.unwrap();
    let count = "select count(*) from products";
    assert_eq!(one.sql(count).await.unwrap(), json!([{ "count": 0 }]));
    assert_eq!(other.sql(count).await.unwrap(), json!([{ "count": 2 }]));
}
