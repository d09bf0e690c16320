//! Measures reading a valid token, which precedes every request.
//!
//! The baseline is what an implementation without a lock cannot avoid: loading the published pointer, and
//! reading both clocks of the standard library.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Instant, SystemTime};

use arc_swap::ArcSwap;

use crate::measure::{Bench, LONG, SHORT, Side, calls};
use crate::project::{URL, client, clients, config, hs256};
use crate::table::{Row, time};

const LIMIT: f64 = 60e-9;
const THREADS: u32 = 16;

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let client = client(&clients(config(URL, hs256())));
    let token = || client.token().expect("a token");
    let published = ArcSwap::from_pointee(0_u64);
    let clocks = || (SystemTime::now(), Instant::now());
    let floor = || (published.load(), clocks());

    let alone = bench.measure(
        "token, 1 thread",
        SHORT,
        vec![calls(token), calls(floor), calls(clocks)],
    );
    let crowded = bench.measure(
        "token, 16 threads",
        LONG,
        vec![on_threads(token), on_threads(floor)],
    );
    let cores = thread::available_parallelism().map_or(1, usize::from);
    vec![
        Row {
            what: "reading a live token, 1 thread; to `ArcSwap::load` and both clocks".to_owned(),
            measured: format!("{:.2} x", alone.ratio(0, 1)),
            target: "under 60 ns".to_owned(),
            met: Some(alone.fastest(0) < LIMIT),
            hint: format!(
                "{} to {}, of that {} for the clocks",
                time(alone.fastest(0)),
                time(alone.fastest(1)),
                time(alone.fastest(2)),
            ),
        },
        Row {
            what: format!("the same token from {THREADS} threads on {cores} cores, to the same"),
            measured: format!("{:.2} x", crowded.typical_ratio(0, 1)),
            target: "no lock, measured".to_owned(),
            met: None,
            hint: format!(
                "{} to {} of one core for a read",
                time(crowded.typical(0)),
                time(crowded.typical(1)),
            ),
        },
    ]
}

/// All threads repeat the work concurrently; the result is the time of one core for one call.
fn on_threads<'a, T>(work: impl Fn() -> T + Sync + 'a) -> Side<'a> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let cores = u32::try_from(cores).map_or(THREADS, |cores| cores.min(THREADS));
    Box::new(move |times| {
        let gate = Barrier::new(THREADS as usize);
        let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
            let run = || {
                gate.wait();
                let start = Instant::now();
                for _ in 0..times {
                    black_box(work());
                }
                (start, Instant::now())
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
            let span = |thread: ScopedJoinHandle<_>| thread.join().expect("a thread");
            threads.into_iter().map(span).collect()
        });
        let first = spans.iter().map(|(start, _)| *start).min();
        let last = spans.iter().map(|(_, end)| *end).max();
        let all = first.zip(last).map(|(first, last)| last - first);
        all.unwrap_or_default() * cores / THREADS
    })
}
