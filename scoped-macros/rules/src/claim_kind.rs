/// What a claim is in the token's JSON, as far as the field's type tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClaimKind {
    /// Text.
    Text,
    /// Text that is a UUID.
    Uuid,
    /// A whole number.
    Integer,
    /// A number that may have a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// An array.
    List,
    /// An object.
    Object,
    /// Anything: only the field's own `Serialize` knows.
    Any,
}

impl ClaimKind {
    /// Every kind that a type can turn out to be.
    pub const KNOWN: [Self; 7] = [
        Self::Text,
        Self::Uuid,
        Self::Integer,
        Self::Float,
        Self::Boolean,
        Self::List,
        Self::Object,
    ];

    /// The variant's name, for generated code.
    #[must_use]
    pub const fn variant(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Uuid => "Uuid",
            Self::Integer => "Integer",
            Self::Float => "Float",
            Self::Boolean => "Boolean",
            Self::List => "List",
            Self::Object => "Object",
            Self::Any => "Any",
        }
    }

    /// What a value of this kind is called in a sentence.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Uuid => "a UUID",
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::Boolean => "a boolean",
            Self::List => "an array",
            Self::Object => "an object",
            Self::Any => "anything",
        }
    }

    /// Whether it is a JSON string.
    #[must_use]
    pub const fn is_string(self) -> bool {
        matches!(self, Self::Text | Self::Uuid)
    }

    /// Whether it is a JSON number.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }
}
