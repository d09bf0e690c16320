use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

/// The number of log lines that an error shows.
const TAIL_LINES: usize = 30;
const TAIL_BYTES: usize = 4096;

/// Why the server or one of its scripts failed: the step, the cause, what to do, and the end of the log.
///
/// It never contains a key: keys are removed from the logs that it shows.
pub struct StartError {
    step: &'static str,
    cause: String,
    remedy: Option<String>,
    log: String,
    source: Option<io::Error>,
}

pub(crate) type Result<T> = std::result::Result<T, StartError>;

impl StartError {
    pub(crate) fn new(step: &'static str, cause: impl Into<String>) -> Self {
        Self {
            step,
            cause: cause.into(),
            remedy: None,
            log: String::new(),
            source: None,
        }
    }

    pub(crate) fn io(step: &'static str, path: &Path, source: io::Error) -> Self {
        Self {
            source: Some(source),
            ..Self::new(step, path.display().to_string())
        }
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Keeps the end of `log` and removes all `secrets` from it.
    pub(crate) fn log(mut self, log: &str, secrets: &[&str]) -> Self {
        self.log = tail(&redact(log, secrets));
        self
    }

    /// The step that failed, e.g. `install`.
    #[must_use]
    pub fn step(&self) -> &'static str {
        self.step
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.cause)?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        if !self.log.is_empty() {
            write!(f, "\n--- end of its log ---\n{}", self.log)?;
        }
        Ok(())
    }
}

/// Prints the same text as `Display`, because `unwrap` in a test shows this one.
impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for StartError {}

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
    use super::StartError;

    #[test]
    fn an_error_shows_the_end_of_the_log_without_its_secrets() {
        let log = (0..100).fold(String::new(), |log, n| log + &format!("line {n} k3y\n"));
        let error = StartError::new("lite", "it ended with code 1")
            .remedy("do this")
            .log(&log, &["k3y"]);
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("lite: it ended with code 1; do this\n"));
        assert!(text.contains("line 99 [redacted]") && !text.contains("line 69 "));
        assert!(!text.contains("k3y"));
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let error = StartError::new("lite", "x").log(&"é".repeat(5000), &[]);
        assert!(error.log.len() <= super::TAIL_BYTES);
    }
}
