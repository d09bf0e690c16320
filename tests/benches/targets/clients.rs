//! Measures making a client: its time in relation to the mint in it, and its memory in relation to the
//! token.

use std::process::Command;
use std::sync::{Arc, Barrier};
use std::time::Instant;

use aws_lc_rs::hmac;
use scoped_runtime::{ScopedClient, ScopedClients};

use crate::measure::{Bench, SHORT, calls, exact, median};
use crate::mint::{minting, signing_input, unshared};
use crate::project::{FastClock, SECRET, Tenant, URL, USER, client, clients, config, hs256};
use crate::table::{Row, time};

const BEARER: usize = "Bearer ".len();
const LIMIT: f64 = 2e-6;
const LIVE: u32 = 100_000;

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let mut rows = time_rows(bench);
    rows.extend(crowded_rows(bench));
    rows.push(first_row());
    rows.extend(memory_rows());
    rows
}

/// Measures with idle threads that have read tokens before.
fn crowded_rows(bench: &mut Bench) -> Vec<Row> {
    let project = clients(config(URL, hs256()).shared_sessions(0));
    let known = project.get(USER).expect("a client");
    // The time of a signature depends on the machine; the target is for the machine of the table.
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let input = signing_input(known.token().expect("a token").expose_secret());
    let mut rows = Vec::new();
    let (gate, mut threads) = (Arc::new(Barrier::new(513)), Vec::new());
    for idle in [0, 64, 512] {
        while threads.len() < idle {
            let (known, gate) = (known.clone(), Arc::clone(&gate));
            let (read, has_read) = std::sync::mpsc::channel();
            threads.push(std::thread::spawn(move || {
                let _ = read.send(known.token().is_ok());
                gate.wait();
            }));
            let _ = has_read.recv();
        }
        let measured = bench.measure(
            &format!("new client, {idle} idle threads"),
            SHORT,
            vec![
                calls(|| {
                    let client = project.get(USER).expect("a client");
                    client.token().expect("a token")
                }),
                calls(|| hmac::sign(&key, input.as_bytes())),
            ],
        );
        let took = measured.fastest(0);
        rows.push(Row {
            what: format!("a new client and its first token, {idle} idle threads have read tokens"),
            measured: time(took),
            target: "at most 1.50 us".to_owned(),
            met: Some(took <= 1.5e-6),
            hint: format!(
                "{:.2} x one raw HMAC-SHA256 of the same token, {}",
                measured.ratio(0, 1),
                time(measured.fastest(1))
            ),
        });
    }
    gate.wait();
    for thread in threads {
        let _ = thread.join();
    }
    rows
}

/// Each measurement runs in a process of its own, because this process has already initialised what is
/// initialised once.
fn first_row() -> Row {
    let rounds = (0..9).filter_map(|_| {
        let program = std::env::current_exe().ok()?;
        let output = Command::new(program).arg(FIRST).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    });
    let took = median(rounds.collect());
    Row {
        what: "the first client of a process after `ScopedClients::new`, with its token".to_owned(),
        measured: time(took),
        target: "under 1 ms".to_owned(),
        met: Some(took < 1e-3),
        hint: String::new(),
    }
}

pub(crate) const FIRST: &str = "first-client";

/// The work of such a process: it prints the seconds that its first client took.
pub(crate) fn first() -> String {
    let project = clients(config(URL, hs256()));
    let start = Instant::now();
    let client = project.get(USER).expect("a client");
    client.token().expect("a token");
    start.elapsed().as_secs_f64().to_string()
}

fn time_rows(bench: &mut Bench) -> Vec<Row> {
    let (clock, alone) = unshared(hs256());
    let projects = [0, 4096].map(|sessions| {
        let config = config(URL, hs256()).clock(FastClock::new());
        clients(config.shared_sessions(sessions))
    });
    let [unshared, shared] = &projects;
    // The first call signs; the second is measured.
    let first = client(shared);
    let measured = bench.measure(
        "client",
        SHORT,
        vec![
            calls(|| client(unshared)),
            calls(|| client(shared)),
            minting(&clock, &alone),
        ],
    );
    drop(first);
    let mint = measured.fastest(2);
    [(0, "sharing off"), (1, "sharing on, the second for a user")]
        .map(|(side, which)| {
            let more = measured.fastest(side) - mint;
            let sign = if more < 0.0 { '-' } else { '+' };
            Row {
                what: format!("`clients.user(id).claims(..).client()`, {which}, and dropping it"),
                measured: format!("mint {sign} {}", time(more.abs())),
                target: "mint + 2 us".to_owned(),
                met: Some(more <= LIMIT),
                hint: format!("{}, mint {}", time(measured.fastest(side)), time(mint)),
            }
        })
        .into()
}

fn memory_rows() -> Vec<Row> {
    let project = clients(config(URL, hs256()).shared_sessions(0));
    // The first client allocates what exists once for all clients.
    let one = client(&project);
    let token = one.token().expect("a token").expose_secret().len() + BEARER;

    let mut live = Vec::with_capacity(LIVE as usize);
    let memory = allocation_counter::measure(|| {
        live.extend((0..LIVE).map(|user| of(&project, user)));
    });
    let total = exact(memory.bytes_current.unsigned_abs());
    let each = total / f64::from(LIVE) - exact(token as u64);
    drop(live);

    let rounds = (0..3).map(|_| {
        let mut live = Vec::with_capacity(LIVE as usize);
        let start = Instant::now();
        live.extend((0..LIVE).map(|user| of(&project, user)));
        start.elapsed().as_secs_f64()
    });
    let took = median(rounds.collect());
    let count = memory.count_current.unsigned_abs() / u64::from(LIVE);
    vec![
        Row {
            what: "heap of a client beside its token, with its claims".to_owned(),
            measured: format!("{each:.0} bytes"),
            target: "under 2048 bytes".to_owned(),
            met: Some(each < 2048.0),
            hint: format!("{count} blocks; the token is {token} bytes"),
        },
        Row {
            what: format!("{LIVE} live clients of as many users, with tokens"),
            measured: format!("{:.0} MiB", total / 1024.0 / 1024.0),
            target: "measured".to_owned(),
            met: None,
            hint: format!(
                "made in {}, {} each",
                time(took),
                time(took / f64::from(LIVE))
            ),
        },
    ]
}

fn of(project: &ScopedClients, user: u32) -> ScopedClient<Tenant> {
    project
        .user(uuid::Uuid::from_u128(u128::from(user)))
        .claims(Tenant::acme())
        .client()
        .expect("a client")
}
