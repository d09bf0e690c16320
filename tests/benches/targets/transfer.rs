//! Measures what a request allocates, and what a large response costs beside its rows.

use std::fmt::Write as _;

use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::measure::{Bench, LONG, computes, exact};
use crate::project::{USER, client, clients, config, hs256};
use crate::server::Server;
use crate::table::{Row, at_most, time};

const ROWS: u32 = 10_000;

#[derive(Deserialize)]
#[expect(dead_code, reason = "as a program has them")]
struct Note {
    id: u64,
    owner: String,
    body: String,
    stars: u32,
}

pub(crate) fn rows(bench: &mut Bench, runtime: &Runtime) -> Vec<Row> {
    let mut rows = vec![allocations(runtime)];
    rows.extend(large(bench, runtime));
    rows
}

fn allocations(runtime: &Runtime) -> Row {
    let server = Server::http();
    let client = client(&clients(config(&server.url, hs256())));
    let ask = || {
        let query = client.from("notes").select("*").eq("owner", USER);
        runtime.block_on(query.execute()).expect("an answer");
    };
    for _ in 0..100 {
        ask();
    }
    // The allocations of the query itself belong to another row.
    let query = || client.from("notes").select("*").eq("owner", USER);
    let build = allocation_counter::measure(|| {
        let query = query();
        scoped_runtime::__private::prepared(&query).expect("a request");
    });
    let mut counts: Vec<u64> = (0..99)
        .map(|_| allocation_counter::measure(ask).count_total)
        .collect();
    counts.sort_unstable();
    let count = counts[counts.len() / 2];
    Row {
        what: "allocations of one warm request, from `from(..)` to its answer".to_owned(),
        measured: count.to_string(),
        target: "at most 20".to_owned(),
        met: Some(count <= 20),
        hint: format!(
            "of those {} up to the request that is sent",
            build.count_total
        ),
    }
}

fn large(bench: &mut Bench, runtime: &Runtime) -> Vec<Row> {
    let body = body();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let server = Server::answering((head + &body).into_bytes().into());
    let client = client(&clients(config(&server.url, hs256())));
    let fetch = || {
        let query = client.from("notes").select("*").fetch::<Note>();
        runtime.block_on(query).expect("rows")
    };
    let parse = || serde_json::from_slice::<Vec<Note>>(body.as_bytes()).expect("rows");
    assert_eq!(fetch().len(), ROWS as usize);
    let peak = |work: &dyn Fn() -> Vec<Note>| {
        let mut rows = Vec::new();
        allocation_counter::measure(|| rows = work()).bytes_max
    };
    let beside = exact(peak(&fetch).saturating_sub(peak(&parse)));
    let measured = bench.measure(
        "fetch 10,000 rows",
        LONG,
        vec![computes(fetch), computes(parse)],
    );
    vec![
        at_most(
            format!("`fetch` of {ROWS} rows: peak heap beside the rows, to the body"),
            beside / exact(body.len() as u64),
            1.1,
            format!("{beside:.0} bytes to {}", body.len()),
        ),
        at_most(
            format!("`fetch` of {ROWS} rows: CPU, to `serde_json::from_slice` alone"),
            measured.typical_ratio(0, 1),
            1.15,
            format!(
                "{} to {}",
                time(measured.typical(0)),
                time(measured.typical(1))
            ),
        ),
    ]
}

/// The body has about 2 MB.
fn body() -> String {
    let mut body = String::from("[");
    for id in 0..ROWS {
        let comma = if id == 0 { "" } else { "," };
        let text = "what a note of a user says, ".repeat(4);
        let _ = write!(
            body,
            "{comma}{{\"id\":{id},\"owner\":\"{USER}\",\"body\":\"{text}\",\"stars\":{}}}",
            id % 6
        );
    }
    body.push(']');
    body
}
