//! `#[impersonate]` beside the same function with a client made by hand, where the token is there.

use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};
use tokio::runtime::Runtime;

use crate::measure::{Bench, SHORT, calls};
use crate::project::{Tenant, URL, USER, clients, config, hs256};
use crate::table::{Row, time};

const LIMIT: f64 = 5e-6;
const BYTES: usize = 512;

#[impersonate(user = user, claims = Tenant::acme(), via = clients)]
async fn attribute(
    clients: &ScopedClients,
    user: &str,
    #[scoped] db: ScopedClient<Tenant>,
) -> Result<usize, Error> {
    body(&db).await
}

async fn by_hand(clients: &ScopedClients, user: &str) -> Result<usize, Error> {
    let db = clients.user(user).claims(Tenant::acme()).client()?;
    body(&db).await
}

/// The body of both functions. It uses the client after an `await`, so that the future has to keep it.
async fn body(db: &ScopedClient<Tenant>) -> Result<usize, Error> {
    std::future::ready(()).await;
    Ok(db.token()?.expose_secret().len())
}

pub(crate) fn rows(bench: &mut Bench, runtime: &Runtime) -> Vec<Row> {
    let project = clients(config(URL, hs256()));
    let first = runtime.block_on(by_hand(&project, USER));
    // The first call signs; the calls after it are measured.
    first.expect("a length");
    let measured = bench.measure(
        "impersonate",
        SHORT,
        vec![
            calls(|| runtime.block_on(attribute(&project, USER))),
            calls(|| runtime.block_on(by_hand(&project, USER))),
        ],
    );
    let [ours, hand] = [0, 1].map(|side| measured.fastest(side));
    let more = ours - hand;
    let sign = if more < 0.0 { '-' } else { '+' };
    let sizes = (
        size_of_val(&attribute(&project, USER)),
        size_of_val(&by_hand(&project, USER)),
    );
    vec![
        Row {
            what: "a call of a function with `#[impersonate]`, the token there".to_owned(),
            measured: format!("by hand {sign} {}", time(more.abs())),
            target: "by hand + 5 us".to_owned(),
            met: Some(more <= LIMIT),
            hint: format!("{}, by hand {}", time(ours), time(hand)),
        },
        Row {
            what: "the future of that call".to_owned(),
            measured: format!("by hand + {} bytes", sizes.0.saturating_sub(sizes.1)),
            target: format!("by hand + {BYTES} bytes"),
            met: Some(sizes.0 <= sizes.1 + BYTES),
            hint: format!("{} bytes, by hand {}", sizes.0, sizes.1),
        },
    ]
}
