//! Whole requests on loopback: ours, bare `postgrest` on a shared client, and what users do today,
//! one `Postgrest` with its own pool for each user.

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use postgrest::Postgrest;
use reqwest_011::header::{HeaderMap, HeaderValue};
use scoped_runtime::ScopedClient;
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::measure::{Bench, LONG, Measured, Side, fewer};
use crate::project::{KEY, Tenant, USER, client, clients, config, hs256};
use crate::server::Server;
use crate::table::{Row, at_least, at_most, time};

const SETTLE: Duration = Duration::from_millis(2);

pub(crate) fn rows(bench: &mut Bench, runtime: &Runtime) -> Vec<Row> {
    let mut rows = Vec::new();
    for (scheme, server, times_faster) in [
        ("HTTP", Server::http(), 5.0),
        ("HTTPS", Server::https(), 10.0),
    ] {
        let mut config = config(&server.url, hs256());
        if let Some(authority) = &server.authority {
            config = config.root_certificate(authority.clone());
        }
        let client = client(&clients(config));
        let token = client.token().expect("a token");
        let bare = Bare::new(&server, token.expose_secret());
        for at_a_time in [1, 32] {
            let name = format!("{scheme} round trip, {at_a_time} at a time");
            let sides = vec![
                together(runtime, at_a_time, || ours(&client)),
                together(runtime, at_a_time, || bare.shared()),
                fewer(together(runtime, at_a_time, || bare.own()), 4),
            ];
            let measured = bench.measure(&name, LONG, sides);
            let hint = |other| both(&measured, other, at_a_time);
            rows.push(at_most(
                format!("{name}, to bare `postgrest` on a shared client"),
                measured.typical_ratio(0, 1),
                1.05,
                hint(1),
            ));
            rows.push(at_least(
                format!("{name}: one `Postgrest` for each user, to ours"),
                measured.typical_ratio(2, 0),
                times_faster,
                hint(2),
            ));
        }
    }
    rows
}

/// One side whose work is so many requests at once.
fn together<'a, F: Future<Output = usize> + 'a>(
    runtime: &'a Runtime,
    at_a_time: usize,
    request: impl Fn() -> F + 'a,
) -> Side<'a> {
    let run = async move |times| {
        let start = Instant::now();
        for _ in 0..times {
            join_all((0..at_a_time).map(|_| request())).await;
            // Connections go back to their pool in tasks of their own.
            yield_now().await;
        }
        let took = start.elapsed();
        // What is left of connections that ended is nobody else's work.
        sleep(SETTLE).await;
        took
    };
    Box::new(move |times| runtime.block_on(run(times)))
}

fn both(measured: &Measured, other: usize, at_a_time: usize) -> String {
    let [ours, other] = [0, other].map(|side| time(measured.typical(side)));
    format!("{ours} to {other} for {at_a_time}")
}

async fn ours(client: &ScopedClient<Tenant>) -> usize {
    let query = client.from("notes").select("*").eq("owner", USER);
    let response = query.execute().await.expect("an answer");
    response.bytes().len()
}

/// `postgrest` without us.
struct Bare<'a> {
    server: &'a Server,
    url: String,
    token: &'a str,
    shared: reqwest_011::Client,
    headers: HeaderMap,
}

impl<'a> Bare<'a> {
    fn new(server: &'a Server, token: &'a str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("apikey", HeaderValue::from_static(KEY));
        Self {
            server,
            url: format!("{}/rest/v1", server.url),
            token,
            shared: new_client(server),
            headers,
        }
    }

    async fn shared(&self) -> usize {
        let table = format!("{}/notes", self.url);
        let (headers, client) = (self.headers.clone(), self.shared.clone());
        self.send(postgrest::Builder::new(table, None, headers, client))
            .await
    }

    /// `Postgrest::new` trusts no authority but the public ones, so over HTTPS this is the same by
    /// way of its builder.
    async fn own(&self) -> usize {
        if self.server.authority.is_none() {
            let own = Postgrest::new(&self.url).insert_header("apikey", KEY);
            return self.send(own.from("notes")).await;
        }
        let table = format!("{}/notes", self.url);
        let (headers, client) = (self.headers.clone(), new_client(self.server));
        self.send(postgrest::Builder::new(table, None, headers, client))
            .await
    }

    async fn send(&self, builder: postgrest::Builder) -> usize {
        let query = builder.auth(self.token).select("*").eq("owner", USER);
        let response = query.execute().await.expect("an answer");
        assert!(response.status().is_success());
        response.bytes().await.expect("a body").len()
    }
}

/// As `Postgrest::new` makes one, but with the server's own authority beside the public ones.
fn new_client(server: &Server) -> reqwest_011::Client {
    let Some(authority) = &server.authority else {
        return reqwest_011::Client::new();
    };
    let authority = reqwest_011::Certificate::from_pem(authority.as_bytes()).expect("PEM");
    reqwest_011::Client::builder()
        .use_rustls_tls()
        .add_root_certificate(authority)
        .build()
        .expect("a client")
}
