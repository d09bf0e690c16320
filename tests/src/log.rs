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

/// Logs all that this thread does, of every crate, while it exists.
#[derive(Debug)]
pub struct Listener {
    log: Log,
    _guard: DefaultGuard,
    /// While a process has one subscriber, `tracing` asks that of the thread which first meets a place that logs, and
    /// remembers its answer for all threads. With two it asks both.
    _second: Dispatch,
}

impl Listener {
    /// Begins with what is of this level or a more severe one.
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

    /// What was logged until now.
    #[must_use]
    pub fn text(&self) -> String {
        self.log.text()
    }
}
