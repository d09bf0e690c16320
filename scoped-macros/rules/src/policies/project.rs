use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::dataflow::ClaimUse;
use super::finding::{Finding, dotted};
use super::name::QualifiedName;
use super::object::{Object, SourceLocation};
use super::token_claims::KnownClaim;

/// One read of one claim by a live object.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub struct ClaimRead {
    /// The keys from the token inwards; `[]` stands for an element of an array.
    pub path: Vec<String>,
    /// What is done with the claim.
    pub usage: ClaimUse,
    /// Where it is written. Of a read through a function, the call.
    pub location: SourceLocation,
    /// The index in [`Project::objects`].
    pub owner: usize,
    /// The function that hands the claim on, if it is read through one.
    pub through: Option<String>,
    /// In dynamic SQL, so that it is perhaps not all of the truth.
    pub dynamic: bool,
    /// Whether a text was parsed as JSON on the way.
    pub parsed: bool,
    /// Whether the SQL has an answer for tokens without the claim.
    pub optional: bool,
    /// Whether what is compared may also be something else than the claim.
    pub ambiguous: bool,
    /// The labels of the enum type that it is cast to.
    pub labels: Option<Vec<String>>,
}

impl ClaimRead {
    /// The path as people write it.
    pub fn dotted(&self) -> String {
        dotted(&self.path)
    }
}

/// What a history of SQL files leaves behind: its live objects, and what of the token they read.
#[derive(Clone, Default, Debug)]
pub struct Project {
    /// The files, as they were given.
    pub files: Vec<PathBuf>,
    /// Every live policy and function, view, trigger and default, in the order of their statements.
    pub objects: Vec<Object>,
    /// Every read, in the order of the files.
    pub reads: Vec<ClaimRead>,
    /// What is worth saying without knowing the claims.
    pub findings: Vec<Finding>,
    /// Every live table that is known, views as well.
    pub tables: Vec<QualifiedName>,
    /// The database roles that the files make.
    pub roles: Vec<String>,
}

impl Project {
    /// The path of every claim that there is, or that something asks for: what an entry can name.
    pub fn claims(&self, known: &[KnownClaim]) -> Vec<String> {
        let known = known.iter().map(|known| &known.path);
        let read = self.reads.iter().map(|read| &read.path);
        let found = self.findings.iter().map(|finding| &finding.path);
        let paths = known.chain(read).chain(found);
        let paths: BTreeSet<&Vec<String>> = paths.filter(|path| !path.is_empty()).collect();
        paths.into_iter().map(|path| dotted(path)).collect()
    }

    /// The object that this read belongs to.
    pub fn owner(&self, read: &ClaimRead) -> &Object {
        &self.objects[read.owner]
    }

    /// The file of this place.
    pub fn file(&self, location: &SourceLocation) -> &Path {
        self.files
            .get(location.file)
            .map_or(Path::new("?"), |file| file)
    }

    /// `file:line`.
    pub fn shown(&self, location: &SourceLocation) -> String {
        format!("{}:{}", self.file(location).display(), location.line)
    }
}
