use std::fmt;
use std::path::{Path, PathBuf};

use super::object::Object;
use scoped_rules::policies::{self as engine, FindingKind, Project, Severity, dotted};

/// A finding of a [`Report`](super::Report): a disagreement between claims and policies, or a mistake in a
/// policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    severity: Severity,
    kind: FindingKind,
    claim: String,
    object: Option<Object>,
    location: Option<(PathBuf, usize)>,
    other_locations: Vec<(Object, PathBuf, usize)>,
    text: String,
}

impl Finding {
    pub(super) fn of(project: &Project, finding: engine::Finding) -> Self {
        let object = finding.object.map(|index| &project.objects[index]);
        let location = finding
            .location
            .map(|location| (project.file(&location).to_owned(), location.line));
        let others = finding.other_locations.iter().map(|(object, location)| {
            let object = Object::of(project, &project.objects[*object]);
            (object, project.file(location).to_owned(), location.line)
        });
        let other_locations = others.collect();
        Self {
            severity: finding.severity,
            kind: finding.kind,
            claim: dotted(&finding.path),
            object: object.map(|object| Object::of(project, object)),
            location,
            other_locations,
            text: finding.text,
        }
    }

    /// Whether the finding is an error or a warning.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The kind of the finding; `allow`, `warn` and `deny` take its [`FindingKind::name`].
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The path of the claim with dots, such as `app_metadata.org`; `None` if the finding is not about one claim.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        Some(&*self.claim).filter(|claim| !claim.is_empty())
    }

    /// The policy, function or other object that reads the claim; `None` for a claim that is not read.
    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        self.object.as_ref()
    }

    /// The file of the read; `None` for a claim that is not read.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.location.as_ref().map(|(file, _)| file.as_path())
    }

    /// The line of the read, counted from 1; `None` for a claim that is not read.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.location.as_ref().map(|(_, line)| *line)
    }

    /// Every location of the finding, with its object, file and line. The first is that of
    /// [`object`](Self::object), [`file`](Self::file) and [`line`](Self::line).
    pub fn places(&self) -> impl Iterator<Item = (&Object, &Path, usize)> {
        let first = self.object.as_ref().zip(self.location.as_ref());
        let first = first.map(|(object, (file, line))| (object, file.as_path(), *line));
        let others = self.other_locations.iter();
        let others = others.map(|(object, file, line)| (object, file.as_path(), *line));
        first.into_iter().chain(others)
    }
}

/// Writes one sentence with the file and the line, in lower case and without a full stop.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
