use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::object::{Object, ObjectKind};
use scoped_rules::policies::{self as engine, Project};

/// The claims that the objects of a history of SQL files read: the result of [`survey`](super::survey).
///
/// ```
/// # use scoped_runtime::policies;
/// # fn main() -> Result<(), policies::PoliciesError> {
/// # let folder = "../tests/server/supabase/migrations"; const _: &str = stringify!(
/// let folder = "supabase/migrations";
/// # );
/// for read in policies::survey(folder)?.reads() {
///     println!("{} reads `{}` in {}", read.object(), read.claim(), read.file().display());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    files: Vec<PathBuf>,
    objects: Vec<Object>,
    reads: Vec<Read>,
    blind_spots: Vec<Finding>,
}

/// A read of a claim by a database object, in a [`Survey`].
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

    /// The files that were read, in the order of the history.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The policies that exist at the end of the history, including those that read no claims.
    pub fn policies(&self) -> impl Iterator<Item = &Object> {
        let is_policy = |object: &&Object| object.kind() == ObjectKind::Policy;
        self.objects.iter().filter(is_policy)
    }

    /// Every read of a claim by an object that exists at the end of the history.
    #[must_use]
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// The places where the analysis lost track of the token, and the files that were not read. There may be
    /// more reads than [`reads`](Self::reads) returns if there are any.
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

    /// The path of the claim with dots, such as `app_metadata.org`; `[]` is an element of an array.
    #[must_use]
    pub fn claim(&self) -> &str {
        &self.claim
    }

    /// The type that the claim is cast to, such as `uuid`.
    #[must_use]
    pub fn cast(&self) -> Option<&str> {
        self.cast.as_deref()
    }

    /// The function through which the object reads the claim, if it calls one.
    #[must_use]
    pub fn through(&self) -> Option<&str> {
        self.through.as_deref()
    }

    /// Whether the SQL handles a token without the claim, such as by `.. is null` or `coalesce(.., ..)`. The
    /// absence of the claim may then grant access, so a [narrowed](crate::NarrowBuilder::keep_claims) client
    /// should keep the claim, unless the policy grants nothing without it.
    #[must_use]
    pub fn allows_absence(&self) -> bool {
        self.allows_absence
    }

    /// The object that reads the claim.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The file of the read.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line of the read, counted from 1. For a read through a function, it is the line of the call.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}
