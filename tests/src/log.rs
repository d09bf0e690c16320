use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;

/// A log in memory: a writer for `tracing_subscriber`, and what was written. Clones are the same log.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// What was logged until now.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Records the events and spans of the current thread, of every crate, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    log: Log,
    _guard: DefaultGuard,
    /// A second subscriber, which records nothing. With a single one in the process, `tracing` caches for all threads
    /// whether the thread that first reaches a callsite has a subscriber; another test would disable the callsite.
    /// With two, it asks each subscriber.
    _second: Dispatch,
}

impl Listener {
    /// Starts to record events and spans of `level` and of more severe levels.
    #[must_use]
    pub fn start(level: Level) -> Self {
        let second = Dispatch::new(NoSubscriber::new());
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .with_writer(log.clone());
        Self {
            log,
            _guard: set_default(subscriber.finish()),
            _second: second,
        }
    }

    /// The lines that were recorded until now.
    #[must_use]
    pub fn text(&self) -> String {
        self.log.text()
    }
}
