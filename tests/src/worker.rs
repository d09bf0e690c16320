use crate::error::{Result, StartError};

/// Runs blocking work on a thread of its own, so that it works in every runtime and blocks none.
///
/// If the caller is cancelled, the work still runs to its end, and its result is dropped.
pub(crate) async fn off_thread<T: Send + 'static>(
    step: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (done, result) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name(format!("local-supabase-{step}"))
        .spawn(move || {
            // An error here means that the caller no longer waits.
            let _ = done.send(work());
        })
        .map_err(|error| StartError::new(step, format!("no thread: {error}")))?;
    result
        .await
        .unwrap_or_else(|_| Err(StartError::new(step, "the thread panicked")))
}
