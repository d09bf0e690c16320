use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The number of log lines that an error shows.
const TAIL_LINES: usize = 30;
const TAIL_BYTES: usize = 4096;

/// Why a server of the test kit did not start, or why its SQL was refused: the step, the cause, what to do, and
/// the end of the program's log.
///
/// It never contains a key or a password: they are removed from the logs that it shows. `Debug` prints the same
/// text as `Display`, because `unwrap` in a test shows that one. Clones share the text.
#[derive(Clone)]
pub struct KitError(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    step: &'static str,
    cause: String,
    remedy: Option<String>,
    log: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

pub(crate) type Result<T> = std::result::Result<T, KitError>;

impl KitError {
    #[doc(hidden)]
    pub fn new(step: &'static str, cause: impl Into<String>) -> Self {
        Self(Arc::new(Parts {
            step,
            cause: cause.into(),
            remedy: None,
            log: String::new(),
            source: None,
        }))
    }

    #[doc(hidden)]
    #[must_use]
    pub fn io(step: &'static str, path: &Path, source: io::Error) -> Self {
        Self::new(step, format!("{}: {source}", path.display())).caused_by(source)
    }

    pub(crate) fn caused_by(self, source: impl Error + Send + Sync + 'static) -> Self {
        self.with(|parts| parts.source = Some(Arc::new(source)))
    }

    #[doc(hidden)]
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        self.with(|parts| parts.remedy = Some(remedy.into()))
    }

    /// Keeps the end of `log` and removes all `secrets` from it.
    #[doc(hidden)]
    #[must_use]
    pub fn log(self, log: &str, secrets: &[&str]) -> Self {
        self.with(|parts| parts.log = tail(&redact(log, secrets)))
    }

    fn with(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The step that failed: `install`, `node`, `postgres`, `migrate`, `lite`, `gateway`,
    /// `sql` or `matrix`.
    #[must_use]
    pub fn step(&self) -> &'static str {
        self.0.step
    }
}

impl fmt::Display for KitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        write!(f, "{}: {}", parts.step, parts.cause)?;
        if let Some(remedy) = &parts.remedy {
            write!(f, "; {remedy}")?;
        }
        if !parts.log.is_empty() {
            write!(f, "\n--- end of its log ---\n{}", parts.log)?;
        }
        Ok(())
    }
}

impl fmt::Debug for KitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for KitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

fn redact(text: &str, secrets: &[&str]) -> String {
    secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| {
            text.replace(secret, "[redacted]")
        })
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let text = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
    let mut start = text.len().saturating_sub(TAIL_BYTES);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::KitError;

    #[test]
    fn an_error_shows_the_end_of_the_log_without_its_secrets() {
        let log = (0..100).fold(String::new(), |log, n| log + &format!("line {n} k3y\n"));
        let error = KitError::new("lite", "it ended with code 1")
            .remedy("do this")
            .log(&log, &["k3y"]);
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("lite: it ended with code 1; do this\n"));
        assert!(text.contains("line 99 [redacted]") && !text.contains("line 69 "));
        assert!(!text.contains("k3y"));
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let error = KitError::new("lite", "x").log(&"é".repeat(5000), &[]);
        assert!(error.0.log.len() <= super::TAIL_BYTES);
    }
}
