use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::choice::{Choice, Chosen, choose};
use super::{Answer, Recorded};
use crate::key::{SigningKey, VerifyingKey};

/// The most that is kept of one body.
pub(super) const MAX_BODY: usize = 16 * 1024 * 1024;
/// The most that is kept of all bodies together.
const MAX_BODIES: usize = 256 * 1024 * 1024;
/// The most requests that are kept.
const MAX_REQUESTS: usize = 10_000;

/// What the recorder and its connections share.
pub(super) struct State {
    /// Verifies the tokens of the project.
    pub(super) key: Option<VerifyingKey>,
    choices: Mutex<Vec<Choice>>,
    kept: Mutex<Kept>,
    /// The number of requests that have arrived since the start.
    arrived: watch::Sender<usize>,
}

#[derive(Default)]
struct Kept {
    requests: Vec<Recorded>,
    bytes: usize,
    over_limit: Option<&'static str>,
}

impl State {
    pub(super) fn new(key: &SigningKey) -> Self {
        Self {
            key: key.shared_secret_key(),
            choices: Mutex::default(),
            kept: Mutex::default(),
            arrived: watch::Sender::new(0),
        }
    }

    pub(super) fn set_answers(&self, new: Choice) {
        let mut choices = lock(&self.choices);
        choices.retain(|choice| !choice.is_for_same(&new));
        choices.push(new);
    }

    /// Keeps the request and returns its answer.
    pub(super) fn answer_to(&self, request: &Recorded) -> Answer {
        let kept = lock(&self.kept).add(request);
        if let Err(over_limit) = kept {
            return self.refuse(507, over_limit);
        }
        let chosen = choose(&mut lock(&self.choices), request.method(), request.path());
        self.count();
        match chosen {
            Chosen::Answer(answer) => answer,
            Chosen::Function(answer) => answer(request),
        }
    }

    /// Refuses a request that the recorder cannot keep, and remembers why.
    pub(super) fn refuse(&self, status: u16, over_limit: &'static str) -> Answer {
        lock(&self.kept).over_limit = Some(over_limit);
        // A test that waits for this request goes on, and finds the limit in place of the requests.
        self.count();
        Answer::new(status).body(over_limit)
    }

    fn count(&self) {
        self.arrived.send_modify(|number| *number += 1);
    }

    /// Returns the kept requests, or the limit over which a request was not kept.
    pub(super) fn requests(&self) -> Result<Vec<Recorded>, &'static str> {
        lock(&self.kept).complete().map(<[Recorded]>::to_vec)
    }

    /// As [`requests`](Self::requests), and forgets them.
    pub(super) fn take_requests(&self) -> Result<Vec<Recorded>, &'static str> {
        let kept = std::mem::take(&mut *lock(&self.kept));
        kept.complete()?;
        Ok(kept.requests)
    }

    /// Waits until so many requests have arrived since the start.
    pub(super) async fn wait_for(&self, number: usize) {
        let mut arrived = self.arrived.subscribe();
        // The sender lives as long as this state.
        let _ = arrived.wait_for(|arrived| *arrived >= number).await;
    }
}

impl Kept {
    fn complete(&self) -> Result<&[Recorded], &'static str> {
        self.over_limit.map_or(Ok(&self.requests), Err)
    }

    fn add(&mut self, request: &Recorded) -> Result<(), &'static str> {
        if self.requests.len() >= MAX_REQUESTS {
            return Err(
                "the recorder keeps at most 10,000 requests; call `take_requests` in between",
            );
        }
        if self.bytes + request.body().len() > MAX_BODIES {
            return Err(
                "the recorder keeps at most 256 MiB of bodies; call `take_requests` in between",
            );
        }
        self.bytes += request.body().len();
        self.requests.push(request.clone());
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt as _;
    use tokio::sync::watch;

    use super::State;

    #[test]
    fn a_request_that_is_not_kept_has_arrived() {
        let state = State {
            key: None,
            choices: Mutex::default(),
            kept: Mutex::default(),
            arrived: watch::Sender::new(0),
        };
        assert!(state.wait_for(1).now_or_never().is_none());
        let _ = state.refuse(413, "too large");
        assert!(state.wait_for(1).now_or_never().is_some());
        assert_eq!(state.requests().unwrap_err(), "too large");
    }
}
