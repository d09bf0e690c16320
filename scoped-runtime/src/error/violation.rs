use std::fmt;

/// A constraint of `#[claim(...)]` or `#[scoped_claims(...)]` that the value of a claim breaks. It never
/// contains the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    path: String,
    rule: &'static str,
    reason: String,
}

impl Violation {
    pub(crate) fn new(path: String, rule: &'static str, reason: impl Into<String>) -> Self {
        Self {
            path,
            rule,
            reason: reason.into(),
        }
    }

    /// The path of the claim with dots, such as `app_metadata.seats`; empty for a constraint of the whole struct.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name of the constraint, as written in `#[claim(...)]` or `#[scoped_claims(...)]`: `min`, `one_of`, ...
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// How the value breaks the constraint, such as `is shorter than 3`.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "all claims together {}", self.reason)
        } else {
            write!(f, "`{}` {}", self.path, self.reason)
        }
    }
}

/// All constraints that the claims of a struct break, in the order of its fields; see
/// [`TokenError::InvalidClaims`](crate::TokenError::InvalidClaims).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(pub(crate) Vec<Violation>);

impl Violations {
    /// The violations, in the order of the fields.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// The number of violations.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no violation.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n  " };
            write!(f, "{line}{violation}")?;
        }
        Ok(())
    }
}
