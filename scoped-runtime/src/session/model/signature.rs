//! A signer far away, and callers that do not wait for it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::Mutex;

use super::world::Refused;

/// Signatures in two steps, such as a request and its answer. Each step wakes only the last waker that
/// it was polled with, as futures may.
#[derive(Default)]
pub(crate) struct Signature(Mutex<Steps>);

#[derive(Default)]
struct Steps {
    done: usize,
    wakers: Vec<Option<Waker>>,
    /// Renewals up to this one are refused.
    refuses: u64,
}

const STEPS: usize = 2;

impl Signature {
    /// Waits for both steps of a renewal.
    pub(crate) async fn wait(&self, generation: u64) -> Result<(), Refused> {
        for step in 1..=STEPS {
            Step(self, step, self.register()).await;
        }
        if generation <= self.0.lock().unwrap().refuses {
            return Err(Refused(generation));
        }
        Ok(())
    }

    /// Does both steps, one after the other.
    pub(crate) fn answer(&self) {
        for step in 1..=STEPS {
            let wakers: Vec<Waker> = {
                let mut steps = self.0.lock().unwrap();
                steps.done = step;
                steps.wakers.iter_mut().filter_map(Option::take).collect()
            };
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    /// Refuses renewals up to this one.
    pub(crate) fn refuse(&self, up_to: u64) {
        self.0.lock().unwrap().refuses = up_to;
    }

    fn register(&self) -> usize {
        let wakers = &mut self.0.lock().unwrap().wakers;
        wakers.push(None);
        wakers.len() - 1
    }
}

struct Step<'a>(&'a Signature, usize, usize);

impl Future for Step<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Step(signature, step, place) = *self;
        let mut steps = signature.0.lock().unwrap();
        if steps.done >= step {
            return Poll::Ready(());
        }
        steps.wakers[place] = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Drops what it awaits at one of its awaits: before the first poll, after a poll, or after it was
/// woken but before it looked why.
pub(crate) struct GivesUp<F> {
    future: Option<Pin<Box<F>>>,
    polls: usize,
    when_woken: bool,
}

impl<F: Future> GivesUp<F> {
    /// At any of its awaits, or at none.
    pub(crate) fn somewhere(future: F) -> Self {
        let mut random = thread_rng();
        Self {
            future: Some(Box::pin(future)),
            polls: random.gen_range(0..=STEPS + 2),
            when_woken: random.r#gen(),
        }
    }

    /// After so many polls.
    pub(crate) fn after(polls: usize, future: F) -> Self {
        Self {
            future: Some(Box::pin(future)),
            polls,
            when_woken: false,
        }
    }
}

impl<F: Future> Future for GivesUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls > 0 {
            let future = self.future.as_mut().unwrap();
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            self.polls -= 1;
            if self.polls > 0 || self.when_woken {
                return Poll::Pending;
            }
        }
        self.future = None;
        Poll::Ready(None)
    }
}
