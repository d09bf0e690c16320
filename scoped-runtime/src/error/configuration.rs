use std::fmt;

/// One refused value: which field, why, and what to do.
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

    /// The same, of another field.
    pub(crate) fn of(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    /// The name of the builder method that sets the value, such as `url` or `jwt_secret`.
    #[must_use]
    pub fn field(&self) -> &str {
        self.field
    }

    /// Why the value is refused.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What to do about it.
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

/// A project or a client could not be built. Holds every problem at once, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid configuration: {}", list(.problems))]
pub struct ConfigurationError {
    problems: Vec<Problem>,
}

impl ConfigurationError {
    /// The error of these problems, of which there is at least one.
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

    /// Every problem, in the order of the builder's methods.
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
