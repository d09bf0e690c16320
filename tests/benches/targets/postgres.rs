//! Measures one statement as a user over direct Postgres, on loopback and over a link with a delay of 1 ms, beside
//! the bare query of the same driver and `sqlx` with `set_config` by hand.

use std::future::Future;
use std::str::FromStr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use scoped_runtime::testing::Postgres;
use scoped_runtime::tokio_postgres::{self, Config, NoTls, config::Host, types::ToSql};
use scoped_runtime::{Error, PostgresPool, ScopedClient, SqlxPool};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::runtime::Runtime;

use crate::link::Link;
use crate::measure::{Bench, DELAYED, LONG, Side};
use crate::node_client::NodeClient;
use crate::project::{USER, clients, config, hs256};
use crate::table::{Row, at_most, time};

const SQL: &str = "select body from notes where id = $1";
const ID: i64 = 1;
const ENTER_SESSION: &str =
    "select set_config('role', $1, false), set_config('request.jwt.claims', $2, false)";
const BY_HAND: &str =
    "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)";

/// The connections of each pool.
const POOL: usize = 4;

/// The number of calls whose round trips are counted.
const CALLS: u64 = 20;

/// The pause between two calls of a side.
const BETWEEN_CALLS: Duration = Duration::from_micros(150);

/// Half of the delay of a round trip.
const DELAY: Duration = Duration::from_micros(500);

pub(crate) fn rows(bench: &mut Bench, runtime: &Runtime) -> Vec<Row> {
    let database = runtime.block_on(database());
    let url = Config::from_str(database.url()).expect("an address");
    let server = host_and_port(&url);
    let link = Link::to(server.clone(), DELAY).expect("a port");
    let mut rows = Vec::new();
    for (name, port, link) in [
        ("loopback", server.1, None),
        ("1 ms of delay", link.port, Some(&link)),
    ] {
        let ways = runtime.block_on(Ways::new(&database, port));
        runtime.block_on(ways.warm());
        let url = database
            .url()
            .replace(&format!(":{}/", server.1), &format!(":{port}/"));
        let mut node = NodeClient::start(&url, USER).expect("Node's packages from npm");
        let sides = vec![
            side(runtime, || ways.ours()),
            side(runtime, || ways.bare()),
            side(runtime, || ways.our_sqlx()),
            side(runtime, || ways.sqlx_by_hand()),
            side(runtime, || ways.bare_sqlx()),
            Box::new(|times| node.run(times).expect("an answer of Node")),
        ];
        let plan = if link.is_some() { DELAYED } else { LONG };
        let measured = bench.measure(&format!("direct Postgres, {name}"), plan, sides);
        let trips = |way: usize| {
            let link = link?;
            Some(runtime.block_on(ways.round_trips(way, link)))
        };
        let in_node = link.map_or_else(String::new, |link| {
            let before = link.round_trips();
            node.run(CALLS).expect("an answer of Node");
            format!(", {} round trips", (link.round_trips() - before) / CALLS)
        });
        let hint = |first: usize, other: usize| {
            let [own, bare] = [first, other].map(|way| {
                let trips = trips(way).map(|trips| format!(", {trips} round trips"));
                time(measured.typical(way)) + &trips.unwrap_or_default()
            });
            format!("{own} to {bare}")
        };
        let ratio = |first, other| measured.typical_ratio(first, other);
        let what = format!("direct Postgres, {name}: one statement as the user");
        rows.push(match link {
            Some(_) => at_most(
                format!("{what}, to a bare query"),
                ratio(0, 1),
                1.1,
                hint(0, 1),
            ),
            None => seen(format!("{what}, to a bare query"), ratio(0, 1), hint(0, 1)),
        });
        rows.push(seen(
            format!("{what}, to `sqlx` with `set_config` by hand"),
            ratio(0, 3),
            hint(0, 3),
        ));
        rows.push(seen(
            format!("{what}, to `withPostgresClient` of `@supabase/server` in Node"),
            ratio(0, 5),
            format!(
                "{} to {}{in_node}",
                time(measured.typical(0)),
                time(measured.typical(5))
            ),
        ));
        let what = format!("`sqlx`, {name}: one statement as the user");
        rows.push(seen(
            format!("{what}, to `set_config` by hand"),
            ratio(2, 3),
            hint(2, 3),
        ));
        rows.push(seen(
            format!("{what}, to a bare query"),
            ratio(2, 4),
            hint(2, 4),
        ));
    }
    rows
}

/// A row without a target.
fn seen(what: String, ratio: f64, hint: String) -> Row {
    Row {
        what,
        measured: format!("{ratio:.2} x"),
        target: "measured".to_owned(),
        met: None,
        hint,
    }
}

async fn database() -> Postgres {
    let database = Postgres::with("tests/postgres/project/migrations").await;
    let database = database.expect("a database");
    let note = format!(
        "insert into notes (owner, body) select '{USER}', 'note ' || n from generate_series(1, 100) n"
    );
    database.sql(&note).await.expect("notes");
    database
}

fn host_and_port(config: &Config) -> (String, u16) {
    let Some(Host::Tcp(host)) = config.get_hosts().first() else {
        panic!("a server on TCP");
    };
    (host.clone(), config.get_ports()[0])
}

/// The ways to send the same statement.
struct Ways {
    alice: ScopedClient,
    bare: tokio_postgres::Client,
    statement: tokio_postgres::Statement,
    sqlx: PgPool,
    claims: String,
}

impl Ways {
    async fn new(database: &Postgres, port: u16) -> Self {
        let mut address = Config::from_str(database.url()).expect("an address");
        let admin = Config::from_str(database.admin_url()).expect("an address");
        let admin = at(&admin, port);
        address = at(&address, port);
        let options = PgConnectOptions::from_str(database.url()).expect("an address");
        let pool = || PgPoolOptions::new().max_connections(4);
        let scoped = pool().connect_lazy_with(options.port(port));
        let options = PgConnectOptions::from_str(database.admin_url()).expect("an address");
        let sqlx = pool().connect_lazy_with(options.port(port));
        let clients = clients(config("http://127.0.0.1:1", hs256()));
        let pool = PostgresPool::new(address, NoTls)
            .expect("a pool")
            .max_size(POOL);
        let clients = clients
            .with_postgres(pool)
            .and_then(|it| it.with_sqlx(SqlxPool::new(scoped)));
        let alice = clients.expect("pools").get(USER).expect("a client");
        let (bare, connection) = admin.connect(NoTls).await.expect("a connection");
        tokio::spawn(connection);
        let claims = format!(r#"{{"sub":"{USER}","role":"authenticated"}}"#);
        // The same policies as for ours, on a session that is the user's once and for all.
        let parameters: [&(dyn ToSql + Sync); 2] = [&"authenticated", &claims];
        let enter = bare.execute(ENTER_SESSION, &parameters).await;
        enter.expect("a session of the user");
        let statement = bare.prepare(SQL).await.expect("a statement");
        Self {
            alice,
            bare,
            statement,
            sqlx,
            claims,
        }
    }

    /// Opens all connections of the pool, as in a service. Then two calls in a row take two connections, and the second
    /// does not wait until the session of the first is clean.
    async fn warm(&self) {
        for _ in 0..3 {
            join_all((0..POOL).map(|_| self.ours())).await;
        }
    }

    async fn ours(&self) {
        let rows = self
            .alice
            .postgres()
            .query(SQL, &[&ID])
            .await
            .expect("rows");
        assert_eq!(rows.len(), 1);
    }

    async fn bare(&self) {
        let rows = self
            .bare
            .query(&self.statement, &[&ID])
            .await
            .expect("rows");
        assert_eq!(rows.len(), 1);
    }

    async fn our_sqlx(&self) {
        let sqlx = self.alice.sqlx().read_only();
        let body = sqlx.transaction(async |tx| {
            let body = sqlx::query_scalar::<_, String>(SQL).bind(ID);
            Ok::<_, Error>(body.fetch_one(&mut **tx).await?)
        });
        body.await.expect("a row");
    }

    async fn sqlx_by_hand(&self) {
        let by_hand = async {
            let mut tx = self.sqlx.begin().await?;
            let enter = sqlx::query(BY_HAND)
                .bind("authenticated")
                .bind(&self.claims);
            enter.execute(&mut *tx).await?;
            let body = sqlx::query_scalar::<_, String>(SQL).bind(ID);
            body.fetch_one(&mut *tx).await?;
            tx.commit().await
        };
        by_hand.await.expect("a row");
    }

    async fn bare_sqlx(&self) {
        let body = sqlx::query_scalar::<_, String>(SQL).bind(ID);
        body.fetch_one(&self.sqlx).await.expect("a row");
    }

    /// The round trips of one call of a way, once its statements are prepared.
    async fn round_trips(&self, way: usize, link: &Link) -> u64 {
        let before = link.round_trips();
        for _ in 0..CALLS {
            match way {
                0 => self.ours().await,
                1 => self.bare().await,
                2 => self.our_sqlx().await,
                3 => self.sqlx_by_hand().await,
                _ => self.bare_sqlx().await,
            }
        }
        // `sqlx` also asks in the background when it takes a connection back.
        tokio::time::sleep(Duration::from_millis(20)).await;
        (link.round_trips() - before) / CALLS
    }
}

/// The same address at another port.
fn at(config: &Config, port: u16) -> Config {
    let mut new = Config::new();
    new.host("127.0.0.1").port(port);
    new.user(config.get_user().expect("a user"));
    new.password(config.get_password().unwrap_or_default());
    new.dbname(config.get_dbname().expect("a database"));
    new
}

/// A side that makes one call after the other, by the real clock. Between two calls the connection has time for what
/// no call waits for, as in a service that is not busy without a break.
fn side<'a, F: Future<Output = ()> + 'a>(
    runtime: &'a Runtime,
    call: impl Fn() -> F + 'a,
) -> Side<'a> {
    Box::new(move |times| {
        let mut took = Duration::ZERO;
        runtime.block_on(async {
            for _ in 0..times {
                let start = Instant::now();
                call().await;
                let end = Instant::now();
                took += end - start;
                while end.elapsed() < BETWEEN_CALLS {
                    tokio::task::yield_now().await;
                }
            }
        });
        took
    })
}
