//! The log and the metrics that an operator sees, kept in memory so that the example can check them. A
//! service has an exporter in the place of this recorder.

use std::sync::{Mutex, PoisonError};

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use scoped_tests::Log;
use tracing::Level;

use crate::Result;

pub(crate) struct Seen {
    log: Log,
    snapshotter: Snapshotter,
    /// The values are kept here because the snapshotter resets what it has returned.
    counts: Mutex<Vec<(String, u64)>>,
}

impl Seen {
    /// Installs the recorder for logs and metrics of the process.
    pub(crate) fn install() -> Result<Self> {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(Level::DEBUG)
            .with_writer(log.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber)?;
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        recorder.install()?;
        scoped_runtime::metrics::describe();
        Ok(Self {
            log,
            snapshotter,
            counts: Mutex::default(),
        })
    }

    /// Prints the last line of the log that contains all of these parts.
    pub(crate) fn logged(&self, parts: &[&str]) -> Result {
        let text = self.log.text();
        let fits = |line: &&str| parts.iter().all(|part| line.contains(part));
        let line = text.lines().rev().find(fits);
        let line = line.ok_or_else(|| format!("the log has no line with {parts:?}"))?;
        println!("log  {line}");
        Ok(())
    }

    /// Prints the counter with these label values and checks its value.
    pub(crate) fn counted(&self, name: &str, values: &[&str], times: u64) -> Result {
        let lines = self.take();
        let fits = |line: &str| {
            line.starts_with(name)
                && values
                    .iter()
                    .all(|value| line.contains(&format!("={value}")))
        };
        let found: u64 = lines
            .iter()
            .filter(|(line, _)| fits(line))
            .map(|(_, count)| count)
            .sum();
        println!("seen {name} {values:?}: {found}");
        if found == times {
            return Ok(());
        }
        Err(format!("{name} {values:?} was counted {found} times, not {times}").into())
    }

    /// Returns every counter.
    pub(crate) fn metrics(&self) -> Vec<String> {
        let lines = self.take();
        let mut lines: Vec<_> = lines
            .iter()
            .map(|(line, count)| format!("{line} {count}"))
            .collect();
        lines.sort();
        lines
    }

    fn take(&self) -> Vec<(String, u64)> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, _, _, value) in self.snapshotter.snapshot().into_vec() {
            let labels = key.key().labels();
            let labels: Vec<_> = labels
                .map(|it| format!("{}={}", it.key(), it.value()))
                .collect();
            let line = format!("{}{{{}}}", key.key().name(), labels.join(","));
            let more = match value {
                DebugValue::Counter(count) => count,
                DebugValue::Histogram(values) => values.len() as u64,
                DebugValue::Gauge(_) => continue,
            };
            match counts.iter_mut().find(|(known, _)| *known == line) {
                Some((_, count)) => *count += more,
                None => counts.push((line, more)),
            }
        }
        counts.clone()
    }
}
