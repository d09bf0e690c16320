use std::fmt;

use serde::de::{self, Expected, Unexpected};

/// Why a value does not fit a type, without the value.
#[derive(Debug)]
pub(super) struct ValueError {
    pub(super) column: Option<String>,
    pub(super) cause: String,
}

/// How many characters of a cause an error shows.
const MAX_CAUSE: usize = 200;

impl ValueError {
    pub(super) fn new(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string();
        Self {
            column: None,
            cause: cause
                .chars()
                .take(MAX_CAUSE)
                .flat_map(char::escape_debug)
                .collect(),
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for ValueError {}

impl de::Error for ValueError {
    /// The text is a type's own, which may quote the value.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new("the type refuses the value")
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!(
            "the column has {}, and {expected} is expected",
            kind(&found)
        ))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!(
            "the column has {} that is not {expected}",
            kind(&found)
        ))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!(
            "the length is {length}, and {expected} is expected"
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!(
            "the value is none of the variants {}",
            expected.join(", ")
        ))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new(format!("the type has no field for the column `{field}`"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("there is no column `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("there are two columns `{field}`"))
    }
}

/// What kind of value was found.
fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a floating-point number",
        Unexpected::Char(_) | Unexpected::Str(_) => "a text",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "NULL",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "another kind of value",
    }
}
