use std::cmp::Ordering;
use std::fmt;

/// What a claim's value must be like, as `#[claim(...)]` says. Checked when a client is made; an absent
/// claim breaks no rule.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// `non_empty`: text, a list or an object with something in it.
    NonEmpty,
    /// `min = n`: a number that is not less.
    Min(Number),
    /// `max = n`: a number that is not more.
    Max(Number),
    /// `min_len = n`: at least so many characters, items or members.
    MinLen(usize),
    /// `max_len = n`: at most so many.
    MaxLen(usize),
    /// `one_of(...)`: one of these.
    OneOf(&'static [Literal]),
    /// `pattern = "..."`: text that this regular expression matches as a whole.
    Pattern(&'static str),
    /// `uuid`: text that is a UUID in hyphenated form.
    Uuid,
    /// `custom = path`: whatever this function says.
    Custom(&'static str),
}

impl Constraint {
    /// The rule's name, as it stands in `#[claim(...)]`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NonEmpty => "non_empty",
            Self::Min(_) => "min",
            Self::Max(_) => "max",
            Self::MinLen(_) => "min_len",
            Self::MaxLen(_) => "max_len",
            Self::OneOf(_) => "one_of",
            Self::Pattern(_) => "pattern",
            Self::Uuid => "uuid",
            Self::Custom(_) => "custom",
        }
    }
}

/// A value that `one_of(...)` lists.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// Text.
    Text(&'static str),
    /// A number.
    Number(Number),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A number in a constraint.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Number {
    /// A whole one, exactly.
    Integer(i128),
    /// One with a fraction.
    Float(f64),
}

impl Number {
    /// How a JSON number compares to this one.
    pub(super) fn order_of(self, value: &serde_json::Number) -> Option<Ordering> {
        let integer = value.as_i64().map(i128::from);
        let integer = integer.or(value.as_u64().map(i128::from));
        match (integer, self) {
            (Some(value), Self::Integer(bound)) => Some(value.cmp(&bound)),
            (_, Self::Float(bound)) => value.as_f64()?.partial_cmp(&bound),
            #[expect(clippy::cast_precision_loss, reason = "the value is a float itself")]
            (None, Self::Integer(bound)) => value.as_f64()?.partial_cmp(&(bound as f64)),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
        }
    }
}

impl From<i128> for Number {
    fn from(number: i128) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}
