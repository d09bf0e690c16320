use std::fmt;
use std::path::{Path, PathBuf};

use super::object::Object;
use scoped_rules::policies::{self as engine, FindingKind, Project, Severity, dotted};

/// One thing that claims and policies disagree about, or that a policy should not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    severity: Severity,
    kind: FindingKind,
    claim: String,
    object: Option<Object>,
    place: Option<(PathBuf, usize)>,
    others: Vec<(Object, PathBuf, usize)>,
    text: String,
}

impl Finding {
    pub(super) fn of(project: &Project, finding: engine::Finding) -> Self {
        let object = finding.object.map(|index| &project.objects[index]);
        let place = finding
            .location
            .map(|place| (project.file(&place).to_owned(), place.line));
        let others = finding.other_locations.iter().map(|(object, place)| {
            let object = Object::of(project, &project.objects[*object]);
            (object, project.file(place).to_owned(), place.line)
        });
        let others = others.collect();
        Self {
            severity: finding.severity,
            kind: finding.kind,
            claim: dotted(&finding.path),
            object: object.map(|object| Object::of(project, object)),
            place,
            others,
            text: finding.text,
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What it is about; [`FindingKind::name`] is what `allow`, `warn` and `deny` take.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The claim's path with dots, such as `app_metadata.org`; none if it is about no single claim.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        Some(&*self.claim).filter(|claim| !claim.is_empty())
    }

    /// The policy, function or other object that reads; none for a claim that nothing reads.
    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        self.object.as_ref()
    }

    /// The file of the read; none for a claim that nothing reads.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.place.as_ref().map(|(file, _)| file.as_path())
    }

    /// The line of the read, from 1 on; none for a claim that nothing reads.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|(_, line)| *line)
    }

    /// Every place of which this is true, with the object that is there, its file and its line: first the
    /// one of [`object`](Self::object), [`file`](Self::file) and [`line`](Self::line).
    pub fn places(&self) -> impl Iterator<Item = (&Object, &Path, usize)> {
        let first = self.object.as_ref().zip(self.place.as_ref());
        let first = first.map(|(object, (file, line))| (object, file.as_path(), *line));
        let others = self.others.iter();
        let others = others.map(|(object, file, line)| (object, file.as_path(), *line));
        first.into_iter().chain(others)
    }
}

/// One sentence with file and line, in lower case and without a full stop.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
