use std::fmt;

/// One refused value of a configuration or a client: the field, the reason and the remedy.
///
/// [`ConfigurationError::problems`] returns them. The text never contains the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    field: &'static str,
    reason: String,
    remedy: String,
}

impl Problem {
    pub(crate) fn new(
        field: &'static str,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            field,
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }

    /// The same problem, of another field.
    pub(crate) fn for_field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    /// The name of the builder method that sets the value, such as `url` or `jwt_secret`.
    #[must_use]
    pub fn field(&self) -> &str {
        self.field
    }

    /// Why the value is refused, such as `is missing`.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What to do, such as ``set `SUPABASE_URL` or call `.url(..)` ``.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}; {}", self.field, self.reason, self.remedy)
    }
}

/// A configuration, a key or a client could not be built. The error holds all [`Problem`]s, of which there is at
/// least one, and never a value.
///
/// ```
/// use scoped_runtime::Config;
///
/// let error = Config::builder()
///     .environment(|_| None)
///     .url("https://abcdefghijkl.supabase.co")
///     .jwt_secret("too short")
///     .build()
///     .unwrap_err();
/// let fields: Vec<&str> = error.problems().iter().map(|problem| problem.field()).collect();
/// assert_eq!(fields, ["api_key", "jwt_secret"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid configuration: {}", list(.problems))]
pub struct ConfigurationError {
    problems: Vec<Problem>,
}

impl ConfigurationError {
    /// Expects at least one problem.
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// The field of the first problem.
    pub fn field(&self) -> &str {
        self.problems.first().map_or("", Problem::field)
    }

    /// The reason of the first problem.
    pub fn reason(&self) -> &str {
        self.problems.first().map_or("", Problem::reason)
    }

    /// All problems, in the order of the builder's methods.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for ConfigurationError {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem])
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n  ")
}
