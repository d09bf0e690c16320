use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::event::Event;
use crate::error::{ClientError, Error, RealtimeError, TokenError};
use crate::metrics;

/// The events of one channel that its reader has not taken yet. When it is full, new events are dropped, and the
/// reader learns how many: waiting for one reader would stop all channels of the connection.
pub(super) struct EventQueue {
    state: Mutex<State>,
    max_events: usize,
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    bytes: usize,
    /// How many events were dropped behind those in the queue.
    missed: u64,
    end: Option<Ending>,
    waker: Option<Waker>,
}

/// Why a channel has ended for good: the last thing that its reader learns.
#[derive(Debug, Clone)]
pub(super) enum Ending {
    /// The server refused it.
    Refused(RealtimeError),
    /// The client, or all clients of its user, were closed.
    Closed,
    /// There is no token any more.
    Token(TokenError),
    /// The runtime that drove the connection has shut down.
    NoRuntime,
    /// The reader knows already.
    Told,
}

impl Ending {
    pub(super) fn to_error(&self) -> Option<Error> {
        match self {
            Self::Refused(error) => Some(error.clone().into()),
            Self::Closed => Some(ClientError::Closed.into()),
            Self::Token(error) => Some(error.clone().into()),
            Self::NoRuntime => Some(ClientError::NoRuntime.into()),
            Self::Told => None,
        }
    }
}

/// The most bytes of events in one queue.
const MAX_BYTES: usize = 16 << 20;

impl EventQueue {
    pub(super) fn new(max_events: usize) -> Self {
        Self {
            state: Mutex::default(),
            max_events,
        }
    }

    pub(super) fn push(&self, event: Event) {
        let mut state = self.lock();
        let size = event.size();
        // The mark of missed events needs a place, too.
        let needed = if state.missed > 0 { 2 } else { 1 };
        if state.events.len() + needed > self.max_events || state.bytes + size > MAX_BYTES {
            state.missed += 1;
            metrics::realtime_event_dropped();
            return;
        }
        if state.missed > 0 {
            let missed = Event::Missed(std::mem::take(&mut state.missed));
            state.bytes += missed.size();
            state.events.push_back(missed);
        }
        state.bytes += size;
        state.events.push_back(event);
        Self::wake(state);
    }

    /// Ends the stream, after the events that are in the queue. The first end counts.
    pub(super) fn end(&self, ending: Ending) {
        let mut state = self.lock();
        state.end.get_or_insert(ending);
        Self::wake(state);
    }

    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        let mut state = self.lock();
        if let Some(event) = state.events.pop_front() {
            state.bytes -= event.size();
            return Poll::Ready(Some(Ok(event)));
        }
        if state.missed > 0 {
            let missed = std::mem::take(&mut state.missed);
            return Poll::Ready(Some(Ok(Event::Missed(missed))));
        }
        match &state.end {
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            Some(Ending::Told) => Poll::Ready(None),
            Some(ending) => {
                let error = ending.to_error();
                state.end = Some(Ending::Told);
                Poll::Ready(error.map(Err))
            }
        }
    }

    fn wake(mut state: MutexGuard<'_, State>) {
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::System;
    use super::*;

    fn system(message: &str) -> Event {
        Event::System(System {
            extension: String::new(),
            status: "ok".to_owned(),
            message: message.to_owned(),
        })
    }

    fn taken(queue: &EventQueue) -> String {
        match queue.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => "pending".to_owned(),
            Poll::Ready(None) => "end".to_owned(),
            Poll::Ready(Some(Err(error))) => error.to_string(),
            Poll::Ready(Some(Ok(Event::System(system)))) => system.message,
            Poll::Ready(Some(Ok(Event::Missed(count)))) => format!("missed {count}"),
            Poll::Ready(Some(Ok(event))) => panic!("{event:?}"),
        }
    }

    #[test]
    fn a_full_queue_says_where_and_how_many_events_are_missing() {
        let queue = EventQueue::new(3);
        for name in ["a", "b", "c", "d", "e"] {
            queue.push(system(name));
        }
        assert_eq!(taken(&queue), "a");
        queue.push(system("f"));
        assert_eq!([taken(&queue), taken(&queue)], ["b", "c"]);
        queue.push(system("g"));
        let rest = [taken(&queue), taken(&queue), taken(&queue)];
        assert_eq!(rest, ["missed 3", "g", "pending"]);
    }

    #[test]
    fn missed_events_are_told_without_a_next_one() {
        let queue = EventQueue::new(1);
        queue.push(system("a"));
        queue.push(system("b"));
        assert_eq!([taken(&queue), taken(&queue)], ["a", "missed 1"]);
        queue.end(Ending::Closed);
        assert!(taken(&queue).contains("closed"));
        assert_eq!([taken(&queue), taken(&queue)], ["end", "end"]);
    }

    #[test]
    fn large_events_are_bounded_by_their_bytes() {
        let queue = EventQueue::new(1000);
        let large = "x".repeat(MAX_BYTES / 4);
        for _ in 0..10 {
            queue.push(system(&large));
        }
        let kept = std::iter::from_fn(|| Some(taken(&queue)).filter(|text| *text == large)).count();
        assert_eq!(kept, 3);
    }
}
