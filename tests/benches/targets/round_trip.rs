//! Measures whole requests on loopback by the CPU time of the client: our client, bare `postgrest` on a
//! shared HTTP client, and one `Postgrest` with its own connection pool for each user, as programs do it
//! today.

use std::future::Future;
use std::time::Duration;

use futures_util::future::join_all;
use postgrest::Postgrest;
use reqwest_011::header::{HeaderMap, HeaderValue};
use scoped_runtime::ScopedClient;
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::measure::{Bench, LONG, Side, cpu, fewer};
use crate::project::{KEY, Tenant, USER, client, clients, config, hs256};
use crate::server::Server;
use crate::table::{Row, at_most, time};

const SETTLE: Duration = Duration::from_millis(2);

pub(crate) fn rows(bench: &mut Bench, runtime: &Runtime) -> Vec<Row> {
    let mut rows = Vec::new();
    for (scheme, server, targets) in [
        ("HTTP/1", Server::http(), [0.97, 0.9, 0.9]),
        ("HTTPS/1", Server::https(), [0.97, 0.9, 0.9]),
        ("HTTP/2", Server::http2(), [1.0, 1.0, 1.0]),
    ] {
        let mut config = config(&server.url, hs256());
        if let Some(authority) = &server.authority {
            config = config.root_certificate(authority.clone());
        }
        let client = client(&clients(config));
        let token = client.token().expect("a token");
        let bare = Bare::new(&server, token.expose_secret());
        for (at_a_time, target) in [1, 32, 256].into_iter().zip(targets) {
            let name = format!("{scheme} round trip, {at_a_time} at a time");
            let sides = vec![
                together(runtime, at_a_time, || ours(&client)),
                together(runtime, at_a_time, || bare.shared()),
            ];
            let measured = bench.measure(&name, LONG, sides);
            let [ours, other] = [0, 1].map(|side| time(measured.typical(side)));
            rows.push(at_most(
                format!("{name}, to bare `postgrest` on a shared client"),
                measured.typical_ratio(0, 1),
                target,
                format!("{ours} to {other} of CPU for {at_a_time}"),
            ));
        }
        let own = bench.measure(
            &format!("{scheme}, a `Postgrest` for each user"),
            LONG,
            vec![
                together(runtime, 1, || ours(&client)),
                fewer(together(runtime, 1, || bare.own()), 4),
            ],
        );
        rows.push(Row {
            what: format!("{scheme} round trip: one `Postgrest` for each user, to ours"),
            measured: format!("{:.1} x", own.typical_ratio(1, 0)),
            target: "measured".to_owned(),
            met: None,
            hint: format!("{} to {}", time(own.typical(1)), time(own.typical(0))),
        });
    }
    rows
}

/// A side whose work is the given number of concurrent requests. It measures the CPU time of this thread,
/// which does all work of the client and none of the server.
fn together<'a, F: Future<Output = usize> + 'a>(
    runtime: &'a Runtime,
    at_a_time: usize,
    request: impl Fn() -> F + 'a,
) -> Side<'a> {
    let run = async move |times| {
        let start = cpu();
        for _ in 0..times {
            join_all((0..at_a_time).map(|_| request())).await;
            // Separate tasks return the connections to their pool.
            yield_now().await;
        }
        let took = cpu().saturating_sub(start);
        // Waits until the closed connections are cleaned up, so that the next side is not charged for it.
        sleep(SETTLE).await;
        took
    };
    Box::new(move |times| runtime.block_on(run(times)))
}

async fn ours(client: &ScopedClient<Tenant>) -> usize {
    let query = client.from("notes").select("*").eq("owner", USER);
    let response = query.execute().await.expect("an answer");
    response.bytes().len()
}

/// Bare `postgrest`, without this library.
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

    /// `Postgrest::new` trusts only the public certificate authorities, so over HTTPS the builder adds
    /// another one.
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

/// The HTTP client that `Postgrest::new` makes, which also trusts the authority of the server.
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
