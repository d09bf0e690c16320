//! One value that threads and tasks renew, and the invariants that hold in every order.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use shuttle::sync::Arc;

use super::renewal::{Acquire, Renewal, RenewalLimits, Sequenced};
use super::signature::Signature;

/// A value, with the place in the order of renewals at which it was begun.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) generation: u64,
}

/// Why a renewal failed, with its place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) u64);

pub(crate) type Got = Result<Arc<Sequenced<Value>>, Refused>;

pub(crate) const LIMITS: RenewalLimits = RenewalLimits {
    timeout: Duration::from_secs(5),
    min_retry_interval: Duration::from_secs(1),
};

/// The counters are the standard library's: the scheduler does not see them, and they see everything.
pub(crate) struct World {
    renewal: Renewal<Value, Refused>,
    begun: AtomicU64,
    minted: AtomicU64,
    /// The latest generation that has been read.
    seen: AtomicU64,
    /// The earliest generation that serves.
    required: AtomicU64,
    /// The seconds of the clock.
    now: AtomicU64,
    pub(crate) signature: Signature,
}

impl World {
    /// Nothing is published, and any value serves.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            renewal: Renewal::new(),
            begun: AtomicU64::new(0),
            minted: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            required: AtomicU64::new(1),
            now: AtomicU64::new(0),
            signature: Signature::default(),
        })
    }

    /// A first value is published, and is due.
    pub(crate) fn due() -> Arc<Self> {
        let world = Self::new();
        assert_eq!(world.make().unwrap().generation, 1);
        world.require(2);
        world
    }

    /// Values of earlier generations do not serve from now on.
    pub(crate) fn require(&self, generation: u64) {
        self.required.fetch_max(generation, SeqCst);
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, SeqCst);
    }

    /// How many values were made.
    pub(crate) fn minted(&self) -> u64 {
        self.minted.load(SeqCst)
    }

    /// How many were begun.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(SeqCst)
    }

    /// Reads the published value: never one from before the latest that has been read.
    pub(crate) fn read(&self) -> u64 {
        let seen = self.seen.load(SeqCst);
        let value = self.renewal.with_current(|value| Some(value.generation));
        let read = value.unwrap_or(0);
        assert!(
            read >= seen,
            "generation {read} was read after generation {seen}"
        );
        self.seen.fetch_max(read, SeqCst);
        read
    }

    /// A renewal that needs no waiting.
    pub(crate) fn make(&self) -> Got {
        let required = self.required.load(SeqCst);
        let got = self
            .renewal
            .renew_now(|value| self.serves(value), || Ok(self.mint(self.begin())));
        self.check(required, got)
    }

    /// A renewal that awaits the signature, begun or joined; tried again while what comes of it was
    /// overtaken, as a session does.
    pub(crate) async fn join(self: &Arc<Self>) -> Got {
        loop {
            let required = self.required.load(SeqCst);
            let now = Duration::from_secs(self.now.load(SeqCst));
            let begin = || {
                let (world, generation) = (Arc::clone(self), self.begin());
                async move {
                    let answer = world.signature.wait(generation).await;
                    answer.map(|()| world.mint(generation))
                }
            };
            let acquire = self
                .renewal
                .join(|value| self.serves(value), now, LIMITS, begin);
            let got = match acquire {
                Acquire::Ready(value) => return self.check(required, Ok(value)),
                Acquire::Failed(refused) => return Err(refused),
                Acquire::Wait(outcome, left) => {
                    assert!(!left.is_zero() && left <= LIMITS.timeout);
                    outcome.await
                }
            };
            match got {
                Ok(value) if !self.serves(&value) => {}
                got => return self.check(required, got),
            }
        }
    }

    fn serves(&self, value: &Value) -> bool {
        value.generation >= self.required.load(SeqCst)
    }

    fn begin(&self) -> u64 {
        self.begun.fetch_add(1, SeqCst) + 1
    }

    fn mint(&self, generation: u64) -> Value {
        self.minted.fetch_add(1, SeqCst);
        Value { generation }
    }

    /// Every value that is handed out could serve when it was asked for, and is published by then.
    fn check(&self, required: u64, got: Got) -> Got {
        if let Ok(value) = &got {
            assert!(value.generation >= required, "a value that does not serve");
            assert!(
                self.read() >= value.generation,
                "a value that is not published"
            );
        }
        got
    }
}
