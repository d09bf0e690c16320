use std::sync::Arc;

use tokio::sync::watch;

/// A gate that holds answers until a test opens it, instead of a delay in seconds. It starts closed and stays
/// open once it is opened. Clones are one gate.
///
/// ```
/// use scoped_runtime::ScopedClients;
/// use scoped_runtime::testing::{Answer, Gate, Recorder};
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let recorder = Recorder::start().await?;
/// let gate = Gate::new();
/// recorder.answer(Answer::from(json!([])).after(&gate));
///
/// let alice = ScopedClients::new(recorder.config())?.get("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")?;
/// let read = tokio::spawn(async move { alice.from("notes").execute().await });
/// recorder.wait_for_requests(1).await;    // it arrived, and is not answered
/// assert!(!read.is_finished());
/// gate.open();
/// read.await??;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the gate: what is held goes on, and nothing is held from now on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the gate is open.
    pub(super) async fn opened(&self) {
        let mut state = self.0.subscribe();
        // The sender lives as long as this gate.
        let _ = state.wait_for(|is_open| *is_open).await;
    }
}
