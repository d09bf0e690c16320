use scoped_tests::Log;
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default};

/// Logs all that this thread does, of every crate and at every level, while it exists.
pub(crate) struct Listener {
    log: Log,
    _guard: DefaultGuard,
    /// While a process has one subscriber, `tracing` asks that of the thread which first meets a place that logs, and
    /// remembers its answer for all threads. With two it asks both.
    _second: Dispatch,
}

impl Listener {
    pub(crate) fn start() -> Self {
        let second = Dispatch::new(NoSubscriber::new());
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(log.clone());
        Self {
            log,
            _guard: set_default(subscriber.finish()),
            _second: second,
        }
    }

    pub(crate) fn text(&self) -> String {
        self.log.text()
    }
}
