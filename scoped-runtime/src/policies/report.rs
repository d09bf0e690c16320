use std::fmt;
use std::slice::Iter;

use super::finding::Finding;
use scoped_rules::policies::Severity;

/// The findings of [`check`](super::check): first the errors, then the warnings, each in the order of the
/// files. `Display` writes one finding a line.
///
/// ```
/// # use scoped_runtime::{policies, scoped_claims};
/// # #[scoped_claims] struct Tenant { tenant_id: String }
/// # fn main() -> Result<(), policies::PoliciesError> {
/// # let folder = "../tests/server/supabase/migrations"; const _: &str = stringify!(
/// let folder = "supabase/migrations";
/// # );
/// let report = policies::check::<Tenant>(folder)?;
/// for finding in report.warnings() {
///     println!("{}: {finding}", finding.kind().name());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a report has no effect unless its findings are read"]
pub struct Report {
    findings: Vec<Finding>,
    files: usize,
}

impl Report {
    pub(super) fn new(findings: Vec<Finding>, files: usize) -> Self {
        Self { findings, files }
    }

    /// All findings.
    pub fn iter(&self) -> Iter<'_, Finding> {
        self.findings.iter()
    }

    /// The findings that are certainly mistakes, or that `deny` names.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// The findings that may be intended. [`Check::allow`](super::Check::allow) drops those that are.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        let of = move |finding: &&Finding| finding.severity() == severity;
        self.findings.iter().filter(of)
    }

    /// Whether there are no findings.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Asserts in a test that there are no findings. To assert only that there are no errors, use
    /// [`errors`](Self::errors).
    ///
    /// # Panics
    /// If there are findings; the message has one finding a line.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

/// Writes one finding a line, and then the numbers of files, errors and warnings.
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
