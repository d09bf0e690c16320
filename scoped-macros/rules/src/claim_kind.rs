/// The kind of a claim's JSON values, as far as the type of its field tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClaimKind {
    /// A text.
    Text,
    /// A text that is a UUID.
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
    /// Unknown: only the field's own `Serialize` implementation knows.
    Any,
}

impl ClaimKind {
    /// Every kind but `Any`.
    pub const KNOWN: [Self; 7] = [
        Self::Text,
        Self::Uuid,
        Self::Integer,
        Self::Float,
        Self::Boolean,
        Self::List,
        Self::Object,
    ];

    /// The name of the variant, for generated code.
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

    /// The noun for a value of this kind in a sentence, such as `a string`.
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

    /// Whether values of this kind are JSON strings.
    #[must_use]
    pub const fn is_string(self) -> bool {
        matches!(self, Self::Text | Self::Uuid)
    }

    /// Whether values of this kind are JSON numbers.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }
}
