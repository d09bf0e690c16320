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
    /// The keys from the root of the token; `[]` stands for an element of an array.
    pub path: Vec<String>,
    /// What the SQL does with the claim.
    pub usage: ClaimUse,
    /// Where the SQL is. For a read inside of a function, it is the call of the function.
    pub location: SourceLocation,
    /// The index in [`Project::objects`].
    pub owner: usize,
    /// The function that reads the claim, if the object calls one.
    pub through: Option<String>,
    /// Whether the read is in dynamic SQL, so that parts of it may not be known.
    pub dynamic: bool,
    /// Whether the SQL parses a text as JSON on the way to the claim.
    pub parsed: bool,
    /// Whether the SQL handles tokens without the claim.
    pub optional: bool,
    /// Whether the compared value may also be something other than the claim.
    pub(crate) ambiguous: bool,
    /// The labels of the enum type that the claim is cast to.
    pub labels: Option<Vec<String>>,
}

impl ClaimRead {
    /// The path with dots, such as `app_metadata.org`.
    pub fn dotted(&self) -> String {
        dotted(&self.path)
    }
}

/// The state of the database after all SQL files have run: its live objects, and the claims that they read.
#[derive(Clone, Default, Debug)]
pub struct Project {
    /// The files, in the order in which they run.
    pub files: Vec<PathBuf>,
    /// Every live policy, function, view, trigger and default, in the order of their statements.
    pub objects: Vec<Object>,
    /// Every read of a claim, in the order of the files.
    pub reads: Vec<ClaimRead>,
    /// The findings that do not depend on the claims of a struct.
    pub findings: Vec<Finding>,
    /// Every live table and view that the files name.
    pub tables: Vec<QualifiedName>,
    /// The database roles that the files create.
    pub roles: Vec<String>,
}

impl Project {
    /// The path of every claim that the tokens have, the SQL reads or a finding names: the claims that an
    /// entry of `allow`, `warn` or `deny` can name.
    pub fn claims(&self, known: &[KnownClaim]) -> Vec<String> {
        let known = known.iter().map(|known| &known.path);
        let read = self.reads.iter().map(|read| &read.path);
        let found = self.findings.iter().map(|finding| &finding.path);
        let paths = known.chain(read).chain(found);
        let paths: BTreeSet<&Vec<String>> = paths.filter(|path| !path.is_empty()).collect();
        paths.into_iter().map(|path| dotted(path)).collect()
    }

    /// The object that contains the read.
    pub fn owner(&self, read: &ClaimRead) -> &Object {
        &self.objects[read.owner]
    }

    /// The file of a place.
    pub fn file(&self, location: &SourceLocation) -> &Path {
        self.files
            .get(location.file)
            .map_or(Path::new("?"), |file| file)
    }

    /// A place as `file:line`.
    pub fn shown(&self, location: &SourceLocation) -> String {
        format!("{}:{}", self.file(location).display(), location.line)
    }
}
