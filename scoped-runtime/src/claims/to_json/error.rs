//! The error of the serialiser of claims.

use std::fmt;

/// The reason why a claim cannot be in a token, with the path of the value.
#[derive(Debug)]
pub struct ClaimError {
    /// The path of the value, innermost name first.
    path: Vec<String>,
    pub(in super::super) reason: Reason,
}

#[derive(Debug)]
pub(in super::super) enum Reason {
    /// A rule of this serialiser, with a fixed text.
    Rule(&'static str),
    /// The value is nested too deep.
    Nested,
    /// The error of the value's own `Serialize` implementation, which may quote the value.
    Serialize(String),
}

pub(super) const NOT_FINITE: &str =
    "is or has a number that is not finite, which JSON does not have; use a finite one";
pub(super) const NULL: &str =
    "is `null`, which cannot be in a token; use an `Option`, whose `None` leaves the claim out";
pub(super) const BYTES: &str = "is or has bytes, which JSON does not have; use text";
pub(super) const TOO_LARGE: &str =
    "is or has an integer of more than 64 bits, which JSON parsers truncate; use text";
pub(super) const UNPARSED: &str = "is or has JSON as text; pass a `serde_json::Value`";
pub(super) const KEY: &str = "has a map whose keys are not text; use `String` keys";

const RULES: [&str; 6] = [NOT_FINITE, NULL, BYTES, TOO_LARGE, UNPARSED, KEY];

impl ClaimError {
    pub(super) fn new(reason: Reason) -> Self {
        Self {
            path: Vec::new(),
            reason,
        }
    }

    pub(super) fn rule(reason: &'static str) -> Self {
        Self::new(Reason::Rule(reason))
    }

    /// Adds a name at the front of the path.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.path.push(name.to_owned());
        self
    }

    /// Converts into the error of another serialiser. `custom` restores the reason if that is this type.
    pub(in super::super) fn again<E: serde::ser::Error>(&self) -> E {
        E::custom(self)
    }

    /// The path of the value, outermost name first.
    pub(in super::super) fn path(&self) -> impl DoubleEndedIterator<Item = &str> {
        // The macros join the names of a path by NUL.
        let names = self.path.iter().rev();
        names.flat_map(|name| name.split('\0'))
    }
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Rule(reason) => f.write_str(reason),
            Reason::Nested => f.write_str("is nested too deep"),
            Reason::Serialize(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ClaimError {}

impl serde::ser::Error for ClaimError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        let fixed = RULES.into_iter().find(|rule| *rule == message);
        Self::new(fixed.map_or(Reason::Serialize(message), Reason::Rule))
    }
}
