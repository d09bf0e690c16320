use std::fmt;
use std::slice::Iter;

use super::finding::Finding;
use scoped_rules::policies::Severity;

/// What [`check`](super::check) found: errors first, then warnings, each in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a report that nobody looks at finds nothing"]
pub struct Report {
    findings: Vec<Finding>,
    files: usize,
}

impl Report {
    pub(super) fn new(findings: Vec<Finding>, files: usize) -> Self {
        Self { findings, files }
    }

    /// Everything that was found.
    pub fn iter(&self) -> Iter<'_, Finding> {
        self.findings.iter()
    }

    /// What claims and policies cannot both be right about.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// What may be meant. [`Check::allow`](super::Check::allow) silences what is.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        let of = move |finding: &&Finding| finding.severity() == severity;
        self.findings.iter().filter(of)
    }

    /// Whether there is neither an error nor a warning.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// For tests: does nothing if the report is clean.
    ///
    /// # Panics
    /// With all findings, one a line, if there are any. A test that minds errors only asks for
    /// [`errors`](Self::errors).
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

/// One finding a line, and at the end how many there are.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in self {
            writeln!(f, "{}: {finding}", finding.severity())?;
        }
        let (errors, warnings) = (self.errors().count(), self.warnings().count());
        let files = self.files;
        write!(f, "files: {files}, errors: {errors}, warnings: {warnings}")
    }
}

impl<'r> IntoIterator for &'r Report {
    type Item = &'r Finding;
    type IntoIter = Iter<'r, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
