/// One step of a path into the token.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum PathStep {
    Key(String),
    /// An element of an array.
    Element,
    /// The key is an argument of the enclosing function; its calls tell which one.
    Argument,
    /// A key that is only known at run time.
    Unknown,
}

/// The form in which SQL takes a claim out of JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Extraction {
    /// `->`: JSON.
    Json,
    /// `->>`: text; strings have no quotes.
    Text,
    /// `(.. -> ..)::text`: JSON as text, so that strings keep their quotes.
    JsonText,
}

/// What SQL does with a claim.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ClaimUse {
    /// The form in which the claim is taken out of JSON.
    pub extraction: Extraction,
    /// The type that it is cast to, such as `uuid`, in its canonical spelling.
    pub cast: Option<String>,
    /// The condition that the SQL tests.
    pub predicate: Predicate,
}

/// A condition on the value of a claim.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Predicate {
    /// No condition, or an unknown one.
    None,
    /// The claim is absent or null: `IS NULL` and similar conditions.
    Null,
    /// The claim equals one of these: `=`, `IN`, `= ANY`.
    Equal(Vec<String>),
    /// The claim differs from all of these.
    NotEqual(Vec<String>),
    /// `?`, `?|`, `?&`: the claim has these elements or keys, if they are known.
    Has(Vec<String>),
    /// `@>`: the claim contains this JSON, if it is known.
    Contains(Option<String>),
    /// `<@`: this JSON, if it is known, contains the claim.
    ContainedBy(Option<String>),
    /// The claim is expanded as an array.
    Elements,
    /// The claim is expanded as an object.
    Members,
    /// An SQL/JSON path reads the claim.
    JsonPath,
}

/// A read in a piece of code, before it is assigned to an object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct RawRead {
    /// The offset in the file.
    pub(crate) at: u32,
    pub(crate) path: Vec<PathStep>,
    pub(crate) usage: ClaimUse,
    /// The function whose body it is in, if it is found at a call.
    pub(crate) through: Option<String>,
    pub(crate) parsed: bool,
    /// Whether the SQL handles tokens without the claim.
    pub(crate) optional: bool,
    /// Whether the compared value may also be something other than the claim.
    pub(crate) ambiguous: bool,
    /// Whether the value has only been stored in a variable or returned so far.
    pub(crate) handed_on: bool,
    /// Whether the read is in dynamic SQL, or in code that may not run.
    pub(crate) dynamic: bool,
}

/// A finding in a piece of code, before it is assigned to an object. It does not depend on the claims.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct RawFinding {
    /// The offset in the file.
    pub(crate) at: u32,
    pub(crate) kind: RawFindingKind,
    /// The function whose body it is in, if it is found at a call.
    pub(crate) through: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum RawFindingKind {
    /// `auth.jwt()` outside of `(select ..)`.
    Unwrapped,
    /// `->> 'key'::type`.
    KeyCast { key: String, cast: String },
    /// The engine cannot follow the token, or the part of it at this path.
    Lost(Vec<PathStep>),
    /// The key below this path is only known at run time.
    UnknownKey(Vec<PathStep>),
    /// The members that an SQL/JSON path reads are only known at run time.
    JsonPath(Vec<PathStep>),
}

impl RawFindingKind {
    /// Whether it is also a finding about the callers of the function.
    pub(crate) fn is_unfollowed(&self) -> bool {
        matches!(
            self,
            Self::Lost(_) | Self::UnknownKey(_) | Self::JsonPath(_)
        )
    }
}
