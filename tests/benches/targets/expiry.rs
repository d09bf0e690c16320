//! Measures one expiry with many callers: one mint, and no caller waits longer than the mint takes.
//!
//! A mint takes 20 ms here, as with an audit that writes to a database or a key in a KMS, so the time to
//! wake a caller is short in comparison.

use std::sync::Arc;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use scoped_runtime::{Algorithm, AuditSink, Config, ConfigBuilder, MintRecord, Signer};
use tokio::runtime::Runtime;

use crate::measure::median;
use crate::project::{FastClock, KEY, URL, client, clients, config, hs256};
use crate::table::{Row, time};

const CALLERS: usize = 64;
const ROUNDS: usize = 25;
const MINT: Duration = Duration::from_millis(20);
/// The margin for the inaccuracy of sleeping and waking.
const LIMIT: f64 = 1.1;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An audit sink that counts mints and delays each of them.
#[derive(Debug, Clone, Default)]
struct Ledger {
    mints: Arc<AtomicU64>,
    delay: Duration,
}

impl AuditSink for Ledger {
    fn record(&self, _: &MintRecord<'_>) -> Result<(), BoxError> {
        self.mints.fetch_add(1, Ordering::AcqRel);
        thread::sleep(self.delay);
        Ok(())
    }
}

/// A remote signer. The signatures are not verified here.
#[derive(Debug)]
struct Vault;

impl Signer for Vault {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn key_id(&self) -> &'static str {
        "vault"
    }

    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, BoxError> {
        tokio::time::sleep(MINT).await;
        Ok(vec![0; 64])
    }
}

pub(crate) fn rows(runtime: &Runtime) -> Vec<Row> {
    vec![threads(), tasks(runtime)]
}

fn threads() -> Row {
    let ledger = Ledger {
        delay: MINT,
        ..Ledger::default()
    };
    let clock = FastClock::new();
    let client = client(&project(config(URL, hs256()), &ledger, &clock));
    let token = || drop(client.token().expect("a token"));
    let row = rounds(
        &ledger,
        &clock,
        || took(token),
        || {
            let gate = Barrier::new(CALLERS);
            thread::scope(|scope| {
                let callers: Vec<_> = (0..CALLERS)
                    .map(|_| {
                        scope.spawn(|| {
                            gate.wait();
                            took(token)
                        })
                    })
                    .collect();
                callers
                    .into_iter()
                    .map(|caller| caller.join().expect("a thread"))
                    .collect()
            })
        },
    );
    row.of("threads, a key that is here")
}

fn tasks(runtime: &Runtime) -> Row {
    let ledger = Ledger::default();
    let clock = FastClock::new();
    let config = Config::builder()
        .environment(|_| None)
        .url(URL)
        .api_key(KEY)
        .signer(Vault);
    let client = client(&project(config, &ledger, &clock));
    let token = || {
        let client = client.clone();
        async move {
            let start = Instant::now();
            client.token_async().await.expect("a token");
            start.elapsed().as_secs_f64()
        }
    };
    let alone = || runtime.block_on(token());
    let crowd = || {
        runtime.block_on(async {
            let tasks: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(token())).collect();
            let took = join_all(tasks).await;
            took.into_iter().map(|took| took.expect("a task")).collect()
        })
    };
    rounds(&ledger, &clock, alone, crowd).of("tasks, a key that is elsewhere")
}

fn project(
    config: ConfigBuilder,
    ledger: &Ledger,
    clock: &FastClock,
) -> scoped_runtime::ScopedClients {
    clients(config.audit(ledger.clone()).clock(clock.clone()))
}

struct Rounds {
    alone: f64,
    slowest: f64,
    ratio: f64,
}

impl Rounds {
    fn of(self, callers: &str) -> Row {
        Row {
            what: format!("one expiry, {CALLERS} {callers}: the slowest caller to one mint"),
            measured: format!("1 mint, {:.2} x", self.ratio),
            target: "exactly 1 mint, 1 x".to_owned(),
            met: Some(self.ratio <= LIMIT),
            hint: format!("{} to {}", time(self.slowest), time(self.alone)),
        }
    }
}

/// Lets the token expire repeatedly, for one caller and for all callers.
fn rounds(
    ledger: &Ledger,
    clock: &FastClock,
    alone: impl Fn() -> f64,
    crowd: impl Fn() -> Vec<f64>,
) -> Rounds {
    let minted_once = |before| assert_eq!(ledger.mints.load(Ordering::Acquire), before + 1);
    let (mut ones, mut slowest, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = ledger.mints.load(Ordering::Acquire);
        clock.expire();
        let one = alone();
        minted_once(before);
        clock.expire();
        let slow = crowd().into_iter().fold(0.0, f64::max);
        minted_once(before + 1);
        ones.push(one);
        slowest.push(slow);
        ratios.push(slow / one);
    }
    Rounds {
        alone: median(ones),
        slowest: median(slowest),
        ratio: median(ratios),
    }
}

fn took(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
