//! Interleaved timing on top of criterion, which decides how often and how long to measure.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};

/// One side of a comparison: it repeats its work the given number of times and returns how long that took.
pub(crate) type Side<'a> = Box<dyn FnMut(u64) -> Duration + 'a>;

/// A side whose work is one call.
pub(crate) fn calls<'a, T: 'a>(mut work: impl FnMut() -> T + 'a) -> Side<'a> {
    Box::new(move |times| {
        let start = Instant::now();
        for _ in 0..times {
            black_box(work());
        }
        start.elapsed()
    })
}

/// The CPU time of this thread.
pub(crate) fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// A side whose work is one call, measured by CPU time.
pub(crate) fn computes<'a, T: 'a>(mut work: impl FnMut() -> T + 'a) -> Side<'a> {
    Box::new(move |times| {
        let start = cpu();
        for _ in 0..times {
            black_box(work());
        }
        cpu().saturating_sub(start)
    })
}

/// A slow side: it makes only `1 / part` of the calls and extrapolates the time.
pub(crate) fn fewer(mut side: Side<'_>, part: u64) -> Side<'_> {
    Box::new(move |times| {
        let done = times.div_ceil(part);
        side(done).mul_f64(exact(times) / exact(done))
    })
}

/// The duration of a measurement and the number of its batches.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    seconds: u64,
    batches: usize,
}

/// For pure computation: the batches are so short that some run undisturbed.
pub(crate) const SHORT: Plan = Plan {
    seconds: 4,
    batches: 2_000,
};

/// For work that waits and whose times therefore vary.
pub(crate) const LONG: Plan = Plan {
    seconds: 10,
    batches: 200,
};

/// For calls over a link with a delay: about twenty in a row for each side, since the first ones after another side's find
/// cold caches.
pub(crate) const DELAYED: Plan = Plan {
    seconds: 20,
    batches: 40,
};

/// `BENCH_HURRY=5` measures for a fifth of the time. Use it for a quick look, not for the table.
fn hurry() -> u32 {
    let text = std::env::var("BENCH_HURRY").ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

pub(crate) struct Bench {
    criterion: Criterion,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let criterion = Criterion::default()
            .without_plots()
            .warm_up_time(Duration::from_millis(500))
            .nresamples(2_000);
        Self { criterion }
    }

    /// Runs all sides in turns, batch by batch, so that noise affects all of them alike. Criterion reports
    /// the first side.
    pub(crate) fn measure(&mut self, name: &str, plan: Plan, mut sides: Vec<Side>) -> Measured {
        let mut batches: Vec<(u64, Vec<f64>)> = Vec::new();
        let mut group = self.criterion.benchmark_group("targets");
        group
            .sample_size(plan.batches)
            .measurement_time(Duration::from_secs(plan.seconds) / hurry())
            .sampling_mode(SamplingMode::Flat);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let mut took = vec![Duration::ZERO; sides.len()];
                let count = sides.len();
                for turn in 0..count {
                    // Each side comes first equally often.
                    let index = (turn + batches.len()) % count;
                    took[index] = sides[index](times);
                }
                let each = |took: &Duration| took.as_secs_f64() / exact(times);
                batches.push((times, took.iter().map(each).collect()));
                took[0]
            });
        });
        group.finish();
        // The batches of the warm-up are shorter.
        let size = batches.last().map_or(0, |(times, _)| *times);
        batches.retain(|(times, _)| *times == size);
        Measured {
            batches: batches.into_iter().map(|(_, each)| each).collect(),
        }
    }
}

/// Seconds for each call, by batch and side.
pub(crate) struct Measured {
    batches: Vec<Vec<f64>>,
}

impl Measured {
    /// The time of the first side divided by the time of the other, each in its fastest batch.
    pub(crate) fn ratio(&self, first: usize, other: usize) -> f64 {
        self.fastest(first) / self.fastest(other)
    }

    /// The waiting time of the first side divided by that of the other: the median of the ratios within
    /// each batch.
    pub(crate) fn typical_ratio(&self, first: usize, other: usize) -> f64 {
        let ratio = |batch: &Vec<f64>| batch[first] / batch[other];
        median(self.batches.iter().map(ratio).collect())
    }

    /// The seconds of a side in a typical batch.
    pub(crate) fn typical(&self, side: usize) -> f64 {
        median(self.batches.iter().map(|batch| batch[side]).collect())
    }

    /// The seconds of a side in its fastest batch.
    pub(crate) fn fastest(&self, side: usize) -> f64 {
        self.batches
            .iter()
            .map(|batch| batch[side])
            .fold(f64::INFINITY, f64::min)
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Converts a count to a floating-point factor.
#[allow(clippy::cast_precision_loss, reason = "no count comes near 2^52")]
pub(crate) fn exact(count: u64) -> f64 {
    count as f64
}
