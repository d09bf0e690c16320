//! Why claims cannot be in a token, and where.

use std::fmt;

/// Why claims cannot be in a token.
#[derive(Debug)]
pub struct ClaimError {
    /// The names that lead there, the last one first.
    path: Vec<String>,
    pub(in super::super) reason: Reason,
}

#[derive(Debug)]
pub(in super::super) enum Reason {
    /// In fixed words.
    Rule(&'static str),
    /// Too many levels.
    Nested,
    /// In the words of the value's own `Serialize`, which may quote it.
    Serialize(String),
}

pub(super) const NOT_FINITE: &str =
    "is or has a number that is not finite, which JSON does not have; use a finite one";
pub(super) const NULL: &str =
    "is `null`, which no token keeps; use an `Option`, whose `None` leaves the claim out";
pub(super) const BYTES: &str = "is or has bytes, which JSON does not have; use text";
pub(super) const TOO_LARGE: &str =
    "is or has a whole number of more than 64 bits, which JSON's readers cut; use text";
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

    /// The same, inside of this member.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.path.push(name.to_owned());
        self
    }

    /// The same failure as another serialiser's. One of ours takes its reason back.
    pub(in super::super) fn again<E: serde::ser::Error>(&self) -> E {
        E::custom(self)
    }

    /// The names that lead there, from the outside.
    pub(in super::super) fn path(&self) -> impl DoubleEndedIterator<Item = &str> {
        // The macros join the names of a path so.
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
