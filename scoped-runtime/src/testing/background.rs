use super::error::{KitError, Result};

/// Runs blocking work on a thread of its own, so that it works in every runtime, also on a paused clock, and
/// blocks none.
///
/// If the caller is cancelled, the work still runs to its end, and its result is dropped.
pub async fn off_thread<T: Send + 'static>(
    step: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (done, result) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name(format!("test-kit-{step}"))
        .spawn(move || {
            // An error here means that the caller no longer waits.
            let _ = done.send(work());
        })
        .map_err(|error| KitError::new(step, format!("no thread: {error}")))?;
    result
        .await
        .unwrap_or_else(|_| Err(KitError::new(step, "the thread panicked")))
}
