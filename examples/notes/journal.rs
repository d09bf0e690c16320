use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use scoped_runtime::{AuditSink, MintRecord};

/// An audit sink with a line for each token: the actor, the user and the reason. A service would write to a
/// file or a queue.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    /// Returns the lines so far, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl AuditSink for Journal {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        let actor = record.actor.map(ToString::to_string);
        let actor = actor.as_deref().unwrap_or("the service");
        let reason = record.reason.unwrap_or("a request of theirs");
        let line = format!("{actor} acts as {}: {reason}", record.subject);
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
        Ok(())
    }
}
