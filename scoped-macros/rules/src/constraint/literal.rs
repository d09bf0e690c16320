use std::cmp::Ordering;
use std::fmt;

/// A value that `one_of(...)` lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal<T = &'static str> {
    /// Text.
    Text(T),
    /// A number.
    Number(Number),
}

/// A number in a constraint.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// A whole one, exactly.
    Integer(i128),
    /// One with a fraction.
    Float(f64),
}

/// What a constraint looks at of a claim's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'v> {
    /// Text.
    Text(&'v str),
    /// A number.
    Number(Number),
    /// A list of this many items.
    List(usize),
    /// An object of this many members.
    Object(usize),
    /// Anything else.
    Other,
}

impl<T: AsRef<str>> Literal<T> {
    /// The literal as a value.
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text.as_ref()),
            Self::Number(number) => Value::Number(*number),
        }
    }

    /// Whether a value is this literal.
    pub(super) fn is(&self, value: Value<'_>) -> bool {
        self.value() == value
    }

    /// The literal without quotes.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.as_ref().to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }

    /// As `->>` gives it in SQL; none of a fraction, which PostgreSQL writes in a way of its own.
    pub fn as_sql_text(&self) -> Option<String> {
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

    /// How many of what: characters as PostgreSQL's `char_length` counts them.
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

/// Whole numbers are compared exactly; beside a fraction both are.
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
