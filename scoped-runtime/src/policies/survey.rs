use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::object::{Object, ObjectKind};
use scoped_rules::policies::{self as engine, Project};

/// What a history of SQL files leaves behind, as far as claims go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    files: Vec<PathBuf>,
    objects: Vec<Object>,
    reads: Vec<Read>,
    blind_spots: Vec<Finding>,
}

/// One read of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    claim: String,
    cast: Option<String>,
    through: Option<String>,
    allows_absence: bool,
    object: Object,
    file: PathBuf,
    line: usize,
}

impl Survey {
    pub(super) fn of(project: &Project) -> Self {
        let object = |object| Object::of(project, object);
        Self {
            files: project.files.clone(),
            objects: project.objects.iter().map(object).collect(),
            reads: project
                .reads
                .iter()
                .map(|read| Read::of(project, read))
                .collect(),
            blind_spots: engine::blind_spots(project)
                .into_iter()
                .map(|finding| Finding::of(project, finding))
                .collect(),
        }
    }

    /// The files that were read, in this order.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The policies that are live after all files, whether or not they read claims.
    pub fn policies(&self) -> impl Iterator<Item = &Object> {
        let is_policy = |object: &&Object| object.kind() == ObjectKind::Policy;
        self.objects.iter().filter(is_policy)
    }

    /// Every read of a claim by something live: policies, functions, views, triggers and defaults.
    #[must_use]
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// Where something of the token goes that is not followed, and which files were not read: there may be
    /// more reads than [`reads`](Self::reads) tells.
    #[must_use]
    pub fn blind_spots(&self) -> &[Finding] {
        &self.blind_spots
    }
}

impl Read {
    fn of(project: &Project, read: &engine::ClaimRead) -> Self {
        Self {
            claim: read.dotted(),
            cast: read.usage.cast.clone(),
            through: read.through.clone(),
            allows_absence: read.optional,
            object: Object::of(project, project.owner(read)),
            file: project.file(&read.location).to_owned(),
            line: read.location.line,
        }
    }

    /// The claim's path with dots, such as `app_metadata.org`; `[]` stands for an element of an array.
    #[must_use]
    pub fn claim(&self) -> &str {
        &self.claim
    }

    /// The type that the claim is cast to, such as `uuid`.
    #[must_use]
    pub fn cast(&self) -> Option<&str> {
        self.cast.as_deref()
    }

    /// The function that hands the claim on, if the object calls one.
    #[must_use]
    pub fn through(&self) -> Option<&str> {
        self.through.as_deref()
    }

    /// Whether the SQL has an answer for a token without the claim: `.. is null`, `coalesce(.., ..)` and the
    /// like. Its absence may open rows, so a client that is [narrowed](crate::NarrowBuilder::keep_claims) should
    /// keep the claim unless the policy shows that it opens none.
    #[must_use]
    pub fn allows_absence(&self) -> bool {
        self.allows_absence
    }

    /// What reads it.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The file of the read.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line of the read, from 1 on; of a read through a function, that of the call.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}
