//! The same rows by a token over the local server and by direct Postgres: 12 kinds of users, 60 statements. What
//! the policies read of the claims, and what they hide, is the same both ways.

use scoped_runtime::testing::LocalSupabase;
use scoped_runtime::tokio_postgres::NoTls;
use scoped_runtime::{
    AnonymousClient, Condition, Error, MintPolicy, Order, PostgresPool, Query, ScopedClient,
    ScopedClients,
};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB};

const CAROL: &str = "cccccccc-0000-4000-8000-000000000003";

/// Each has the same rows, and a policy that reads other claims.
const TABLES: [&str; 5] = ["owned", "of_tenants", "of_teams", "of_levels", "of_lists"];

const COLUMNS: &str = "id,owner,tenant,team,label,amount,made";

/// One way to narrow a query, and what it is in SQL.
type Narrowing = (fn(Query) -> Query, &'static str);

const NARROWINGS: [Narrowing; 12] = [
    (|it| it.order("id"), "order by id"),
    (
        |it| it.eq("team", "red").order("id"),
        "where team = 'red' order by id",
    ),
    (
        |it| it.eq("tenant", r#"a"b'ü"#).order("id"),
        r#"where tenant = 'a"b''ü' order by id"#,
    ),
    (
        |it| it.neq("team", "red").order("id"),
        "where team <> 'red' order by id",
    ),
    (
        |it| it.gt("amount", 100).order("id"),
        "where amount > 100 order by id",
    ),
    (
        |it| it.gte("amount", 40).lte("amount", 210).order("id"),
        "where amount >= 40 and amount <= 210 order by id",
    ),
    (
        |it| it.is_null("label").order("id"),
        "where label is null order by id",
    ),
    (
        |it| it.in_("id", [1, 2, 3, 5, 8, 13, 21]).order("id"),
        "where id in (1, 2, 3, 5, 8, 13, 21) order by id",
    ),
    (
        |it| it.like("label", "label 1%").order("id"),
        "where label like 'label 1%' order by id",
    ),
    (
        |it| {
            let either = [Condition::eq("id", 7), Condition::lt("made", "2026-01-06")];
            it.or(either).order("id")
        },
        "where id = 7 or made < '2026-01-06' order by id",
    ),
    (
        |it| it.order(Order::desc("made")).limit(3).offset(1),
        "order by made desc limit 3 offset 1",
    ),
    (
        |it| it.eq("owner", BOB).order("id").limit(5),
        "where owner = 'bbbbbbbb-0000-4000-8000-000000000002' order by id limit 5",
    ),
];

/// A client of one kind of user.
enum Client {
    User(ScopedClient),
    Anonymous(AnonymousClient),
}

impl Client {
    /// The rows by a token, or the code of the error.
    async fn by_token(
        &self,
        table: &str,
        narrow: fn(Query) -> Query,
    ) -> Result<Vec<Value>, String> {
        let query = match self {
            Self::User(client) => client.from(table),
            Self::Anonymous(client) => client.from(table),
        };
        let rows = narrow(query.select(COLUMNS)).fetch().await;
        rows.map_err(|error| match error {
            Error::Api(error) => error.code().unwrap_or_default().to_owned(),
            other => panic!("{other}"),
        })
    }

    /// The rows by SQL, or the code of the error.
    async fn by_sql(&self, table: &str, narrow: &str) -> Result<Vec<Value>, String> {
        let sql = format!("select {COLUMNS} from {table} {narrow}");
        let rows = match self {
            Self::User(client) => client.postgres().fetch::<Value>(&sql, &[]).await,
            Self::Anonymous(client) => client.postgres().fetch::<Value>(&sql, &[]).await,
        };
        rows.map_err(|error| match error {
            Error::Postgres(error) => error.code().unwrap_or_default().to_owned(),
            other => panic!("{other}"),
        })
    }
}

async fn kinds(clients: &ScopedClients) -> Vec<(&'static str, Client)> {
    let of = |user: &str| clients.user(user);
    let claim = |name: &str, value: Value| of(CAROL).claim(name, value).client();
    let bob = of(BOB).claim("tenant_id", "globex").client().unwrap();
    let bearer = format!("Bearer {}", bob.token().unwrap().expose_secret());
    let caller = clients
        .authenticate::<scoped_runtime::NoClaims>(&bearer)
        .await
        .unwrap();
    let users = [
        ("an owner", of(ALICE).client()),
        ("another owner", of(BOB).client()),
        ("a user without rows", of(CAROL).client()),
        ("a tenant", claim("tenant_id", json!("acme"))),
        (
            "a tenant with a difficult name",
            claim("tenant_id", json!(r#"a"b'ü"#)),
        ),
        ("a number", claim("max_amount", json!(120))),
        (
            "a member of a team",
            claim("app_metadata", json!({ "team": "blue" })),
        ),
        ("a list", claim("projects", json!(["3", "4", "30", "31"]))),
        ("a second factor", of(CAROL).assume_aal2().client()),
        (
            "an actor",
            of(CAROL)
                .actor(ALICE.parse::<scoped_runtime::UserId>().unwrap())
                .client(),
        ),
        ("a forwarded token", caller.forward_token(clients)),
    ];
    let users = users
        .into_iter()
        .map(|(name, client)| (name, Client::User(client.unwrap())));
    let anonymous = Client::Anonymous(clients.anonymous().unwrap());
    users.chain([("nobody", anonymous)]).collect()
}

#[tokio::test]
async fn twelve_kinds_of_users_see_the_same_rows_both_ways() {
    let server = LocalSupabase::with("tests/postgres/ways/migrations")
        .await
        .unwrap();
    let config = server
        .config_builder()
        .mint_policy(MintPolicy::new().allow_aal2());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let pool = PostgresPool::new(server.database_url(), NoTls).unwrap();
    let clients = clients.with_postgres(pool).unwrap();
    let kinds = kinds(&clients).await;
    assert_eq!((kinds.len(), TABLES.len() * NARROWINGS.len()), (12, 60));
    let (mut wrong, mut compared, mut empty) = (Vec::new(), 0, 0);
    for (kind, client) in &kinds {
        let mut of_kind = 0;
        for table in TABLES {
            for (narrow, sql) in NARROWINGS {
                let by_token = client.by_token(table, narrow).await;
                let by_sql = client.by_sql(table, sql).await;
                if by_token != by_sql {
                    wrong.push(format!(
                        "{kind}: {table} {sql}\n  {by_token:?}\n  {by_sql:?}"
                    ));
                }
                match by_token {
                    Ok(rows) if rows.is_empty() => empty += 1,
                    Ok(rows) => of_kind += rows.len(),
                    Err(code) => panic!("{kind}: {table} {sql}: {code}"),
                }
            }
        }
        // Each kind sees something, and none sees everything.
        let all = TABLES.len() * NARROWINGS.len() * 30;
        assert!((1..all / 2).contains(&of_kind), "{kind}: {of_kind}");
        compared += of_kind;
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        compared > 900 && empty > 100,
        "{compared} rows, {empty} empty answers"
    );
}
