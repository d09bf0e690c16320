use std::cmp::Ordering;
use std::fmt;

/// A value in the list of `one_of(...)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal<T = &'static str> {
    /// A text.
    Text(T),
    /// A number.
    Number(Number),
}

/// A number in a constraint.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// A whole number.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
}

/// The part of a claim's value that constraints check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'v> {
    /// A text.
    Text(&'v str),
    /// A number.
    Number(Number),
    /// A list with this number of items.
    List(usize),
    /// An object with this number of members.
    Object(usize),
    /// Any other value.
    Other,
}

impl<T: AsRef<str>> Literal<T> {
    /// The literal as a value to check.
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text.as_ref()),
            Self::Number(number) => Value::Number(*number),
        }
    }

    /// Whether a value equals the literal.
    pub(super) fn is(&self, value: Value<'_>) -> bool {
        self.value() == value
    }

    /// The literal without quotes, for messages.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.as_ref().to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }

    /// The literal as SQL's `->>` returns it; `None` for floating-point numbers, which PostgreSQL writes in
    /// its own way.
    #[cfg(feature = "policies")]
    pub(crate) fn as_sql_text(&self) -> Option<String> {
        match self {
            Self::Number(Number::Float(_)) => None,
            Self::Text(_) | Self::Number(_) => Some(self.shown()),
        }
    }
}

impl<T: AsRef<str>> fmt::Display for Literal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl<'v> Value<'v> {
    pub(super) fn text(self) -> Result<&'v str, String> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err("is not text".to_owned()),
        }
    }

    pub(super) fn number(self) -> Result<Number, String> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err("is not a number".to_owned()),
        }
    }

    /// The length and its unit. Characters are counted as PostgreSQL's `char_length` does.
    pub(super) fn length(self) -> Result<(usize, &'static str), String> {
        match self {
            Self::Text(text) => Ok((text.chars().count(), "characters")),
            Self::List(items) => Ok((items, "items")),
            Self::Object(members) => Ok((members, "members")),
            Self::Number(_) | Self::Other => Err("has no length".to_owned()),
        }
    }
}

impl Number {
    #[expect(
        clippy::cast_precision_loss,
        reason = "only beside a float, which is as exact"
    )]
    fn as_float(self) -> f64 {
        match self {
            Self::Integer(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

/// Whole numbers are compared exactly. If one of the numbers is floating-point, both are compared as
/// floating-point numbers.
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.partial_cmp(other),
            _ => self.as_float().partial_cmp(&other.as_float()),
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
