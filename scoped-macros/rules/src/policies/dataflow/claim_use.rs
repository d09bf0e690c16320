/// One step into the token.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum PathStep {
    Key(String),
    /// Some element of an array.
    Element,
    /// The key is an argument of the function around: its calls tell it.
    Argument,
    /// A key that only the run knows.
    Unknown,
}

/// As what a read leaves the JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Extraction {
    /// `->`: still JSON.
    Json,
    /// `->>`: the text of it; strings without their quotes.
    Text,
    /// `(.. -> ..)::text`: JSON as text, so that strings keep their quotes.
    JsonText,
}

/// What is done with what was read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ClaimUse {
    /// As what it leaves the JSON.
    pub extraction: Extraction,
    /// The type it is cast to, such as `uuid`, with the common types' many names made one.
    pub cast: Option<String>,
    /// What is asked of it.
    pub predicate: Predicate,
}

/// What is asked of a claim.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Predicate {
    /// Nothing that one can see.
    None,
    /// `IS NULL` and the like.
    Null,
    /// Equal to one of these: `=`, `IN`, `= ANY`.
    Equal(Vec<String>),
    /// Different from all of these.
    NotEqual(Vec<String>),
    /// `?`, `?|`, `?&`: has these elements or keys, if they are known.
    Has(Vec<String>),
    /// `@>`, with what stands on the other side, if it is known.
    Contains(Option<String>),
    /// `<@`, with what stands on the other side, if it is known.
    ContainedBy(Option<String>),
    /// Taken apart as an array.
    Elements,
    /// Taken apart as an object.
    Members,
    /// A path of SQL/JSON looks at it.
    JsonPath,
}

/// A read, before it has an owner.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct RawRead {
    /// In the file.
    pub(crate) at: u32,
    pub(crate) path: Vec<PathStep>,
    pub(crate) usage: ClaimUse,
    /// The function that was called for it.
    pub(crate) through: Option<String>,
    pub(crate) parsed: bool,
    /// The SQL has an answer for tokens without the claim.
    pub(crate) optional: bool,
    /// What is compared may also be something else than the claim.
    pub(crate) ambiguous: bool,
    /// Only kept in a variable or returned so far.
    pub(crate) handed_on: bool,
    /// Found in dynamic SQL, or in what perhaps is not called.
    pub(crate) dynamic: bool,
}

/// Something at one place that is worth a word, whatever the struct says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct RawFinding {
    /// In the file.
    pub(crate) at: u32,
    pub(crate) kind: RawFindingKind,
    /// The function that was called for it.
    pub(crate) through: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum RawFindingKind {
    /// `auth.jwt()` outside of `(select ..)`.
    Unwrapped,
    /// `->> 'key'::type`.
    KeyCast { key: String, cast: String },
    /// The token, or the part of it at this path, goes where it is not followed.
    Lost(Vec<PathStep>),
    /// A key that only the run knows, below this path.
    UnknownKey(Vec<PathStep>),
    /// A path of SQL/JSON whose members only the run knows.
    JsonPath(Vec<PathStep>),
}

impl RawFindingKind {
    /// Whether it matters to those who call the function that it is about.
    pub(crate) fn is_unfollowed(&self) -> bool {
        matches!(
            self,
            Self::Lost(_) | Self::UnknownKey(_) | Self::JsonPath(_)
        )
    }
}
