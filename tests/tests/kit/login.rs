//! The login role of the application, over a direct connection: it can do nothing until it becomes a user.

use scoped_runtime::testing::{LocalSupabase, Postgres};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::{ALICE, BOB, SHOP, connect};

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
