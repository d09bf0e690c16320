//! Measures what a handler pays for its caller and its client, in the axum service, without sockets and
//! without a query.

use std::hint::black_box;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::get;
use futures_util::FutureExt;
use scoped_runtime::{Caller, Error, ScopedClient, ScopedClients, impersonate};
use tower_service::Service;

use crate::measure::{Bench, SHORT, Side, calls};
use crate::project::{FastClock, URL, USER, clients, config, hs256};
use crate::table::{Row, time};

const LIMIT: f64 = 5e-6;

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let clients = clients(config(URL, hs256()).clock(FastClock::new()));
    let token = clients.get(USER).and_then(|client| client.token());
    let bearer = format!("Bearer {}", token.expect("a token").expose_secret());
    let of = |app: Router<ScopedClients>| asking(app.with_state(clients.clone()), &bearer);
    let measured = bench.measure(
        "service",
        SHORT,
        vec![
            of(Router::new().route("/", get(of_the_caller))),
            of(Router::new().route("/", get(by_hand))),
        ],
    );
    let more = measured.fastest(0) - measured.fastest(1);
    vec![Row {
        what:
            "a warm request to a handler with `Caller` and `#[impersonate]`, against a handler that \
               verifies no token and makes the client by hand"
                .to_owned(),
        measured: format!("{} more", time(more.max(0.0))),
        target: "at most 5 us".to_owned(),
        met: Some(more <= LIMIT),
        hint: format!(
            "{} to {}",
            time(measured.fastest(0)),
            time(measured.fastest(1))
        ),
    }]
}

#[impersonate(user = caller, via = clients)]
async fn of_the_caller(
    State(clients): State<ScopedClients>,
    caller: Caller,
    #[scoped] db: ScopedClient,
) -> Result<(), Error> {
    black_box(db);
    Ok(())
}

async fn by_hand(State(clients): State<ScopedClients>) -> Result<(), Error> {
    black_box(clients.get(USER)?);
    Ok(())
}

/// One request for each call. Nothing waits, because the key is a shared secret and no query is sent.
fn asking(mut app: Router, bearer: &str) -> Side<'_> {
    calls(move || {
        let request = Request::get("/").header("authorization", bearer);
        let request = request.body(Body::empty()).expect("a request");
        let answer = app.call(request).now_or_never().expect("no waiting");
        let answer = answer.unwrap_or_else(|never| match never {});
        assert!(answer.status().is_success(), "{answer:?}");
    })
}
