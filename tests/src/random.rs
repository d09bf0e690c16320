//! Random choices that are the same in every run, so that a failure can name its seed.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

/// A generator that threads and tasks may share: `SplitMix64` (<https://prng.di.unimi.it/splitmix64.c>), which is good
/// enough for a test and needs no crate.
#[derive(Debug)]
pub struct Random(AtomicU64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// A generator whose choices this seed decides. Neighbouring seeds do not make neighbouring choices.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let random = Self(AtomicU64::new(
            seed.wrapping_mul(STEP) ^ 0x5851_f42d_4c95_7f2d,
        ));
        random.next();
        random
    }

    /// Any number.
    pub fn next(&self) -> u64 {
        let state = self.0.fetch_add(STEP, Ordering::Relaxed);
        let mut mixed = state.wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit, which is not 0.
    pub fn roll(&self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// An index below the limit, which is not 0.
    pub fn below(&self, limit: usize) -> usize {
        let index = usize::try_from(self.roll(limit as u64));
        index.unwrap_or_default()
    }

    /// A small integer, which may be negative.
    pub fn number(&self) -> i64 {
        self.roll(41).cast_signed() - 20
    }

    /// A number of the range, including both ends.
    pub fn between(&self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in this many of a hundred cases.
    pub fn percent(&self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of the choices.
    pub fn pick<T: Clone + Debug>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// One to `most` values.
    pub fn some<T>(&self, most: usize, mut make: impl FnMut(&Self) -> T) -> Vec<T> {
        (0..self.between(1, most)).map(|_| make(self)).collect()
    }
}
