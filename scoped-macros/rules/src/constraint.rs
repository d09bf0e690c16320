//! The rules that `#[claim(...)]` gives a claim: all that a constraint means.

mod literal;

use std::fmt;

use regex_lite::Regex;

use crate::{ClaimKind, uuid};
pub use literal::{Literal, Number, Value};

/// What a claim's value must be like, as `#[claim(...)]` says. Checked when a client is made; an absent claim
/// breaks no constraint.
///
/// `T` and `L` are how texts and lists are kept: the claims of a struct are constants, and the defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Constraint<T = &'static str, L = &'static [Literal]> {
    /// `non_empty`: text, a list or an object with something in it.
    NonEmpty,
    /// `min = n`: a number that is not less.
    Min(Number),
    /// `max = n`: a number that is not more.
    Max(Number),
    /// `min_len = n`: at least this many characters, items or members.
    MinLen(usize),
    /// `max_len = n`: at most this many.
    MaxLen(usize),
    /// `one_of(...)`: one of these.
    OneOf(L),
    /// `pattern = "..."`: text that this regular expression matches as a whole.
    Pattern(T),
    /// `uuid`: text that is a UUID in hyphenated form.
    Uuid,
    /// `custom = path`: what this function accepts.
    Custom(T),
}

/// What stands behind a constraint's name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument<'a, T = &'static str> {
    /// Nothing.
    None,
    /// A number.
    Number(Number),
    /// How many.
    Count(usize),
    /// A list of literals.
    Literals(&'a [Literal<T>]),
    /// A regular expression or a path.
    Text(&'a str),
}

/// The names of all constraints, in the order of the documentation.
pub const NAMES: [&str; 9] = [
    "non_empty",
    "min",
    "max",
    "min_len",
    "max_len",
    "one_of",
    "pattern",
    "uuid",
    "custom",
];

impl<T: AsRef<str>, L: AsRef<[Literal<T>]>> Constraint<T, L> {
    /// The constraint's name, as it stands in `#[claim(...)]`.
    pub const fn name(&self) -> &'static str {
        self.names().0
    }

    /// The variant's name, for generated code.
    pub const fn variant(&self) -> &'static str {
        self.names().1
    }

    const fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::NonEmpty => ("non_empty", "NonEmpty"),
            Self::Min(_) => ("min", "Min"),
            Self::Max(_) => ("max", "Max"),
            Self::MinLen(_) => ("min_len", "MinLen"),
            Self::MaxLen(_) => ("max_len", "MaxLen"),
            Self::OneOf(_) => ("one_of", "OneOf"),
            Self::Pattern(_) => ("pattern", "Pattern"),
            Self::Uuid => ("uuid", "Uuid"),
            Self::Custom(_) => ("custom", "Custom"),
        }
    }

    /// What stands behind the name.
    pub fn argument(&self) -> Argument<'_, T> {
        match self {
            Self::NonEmpty | Self::Uuid => Argument::None,
            Self::Min(number) | Self::Max(number) => Argument::Number(*number),
            Self::MinLen(count) | Self::MaxLen(count) => Argument::Count(*count),
            Self::OneOf(listed) => Argument::Literals(listed.as_ref()),
            Self::Pattern(text) | Self::Custom(text) => Argument::Text(text.as_ref()),
        }
    }

    /// Whether no value obeys both this constraint and the other one.
    pub fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Min(min), Self::Max(max)) | (Self::Max(max), Self::Min(min)) => min > max,
            (Self::MinLen(min), Self::MaxLen(max)) | (Self::MaxLen(max), Self::MinLen(min)) => {
                min > max
            }
            (Self::NonEmpty, Self::MaxLen(max)) | (Self::MaxLen(max), Self::NonEmpty) => *max == 0,
            (Self::Uuid, Self::MaxLen(max)) | (Self::MaxLen(max), Self::Uuid) => {
                *max < uuid::HYPHENATED_LENGTH
            }
            (Self::Uuid, Self::MinLen(min)) | (Self::MinLen(min), Self::Uuid) => {
                *min > uuid::HYPHENATED_LENGTH
            }
            (Self::Min(_) | Self::Max(_), Self::Uuid | Self::Pattern(_))
            | (Self::Uuid | Self::Pattern(_), Self::Min(_) | Self::Max(_)) => true,
            _ => false,
        }
    }

    /// Checks a value. What only the program can check (`custom`) passes.
    ///
    /// # Errors
    /// How the value breaks the constraint, to stand behind the claim's name. The value is not in it.
    pub fn check(&self, value: Value<'_>) -> Result<(), String> {
        let reason = match self {
            Self::NonEmpty => (value.length()?.0 == 0).then(|| "is empty".to_owned()),
            Self::MinLen(min) => {
                let (length, unit) = value.length()?;
                (length < *min).then(|| format!("has fewer than {min} {unit}"))
            }
            Self::MaxLen(max) => {
                let (length, unit) = value.length()?;
                (length > *max).then(|| format!("has more than {max} {unit}"))
            }
            Self::Min(min) => (value.number()? < *min).then(|| format!("is less than {min}")),
            Self::Max(max) => (value.number()? > *max).then(|| format!("is more than {max}")),
            Self::OneOf(listed) => {
                let listed = listed.as_ref();
                let is_listed = listed.iter().any(|listed| listed.is(value));
                let shown = || listed.iter().map(|listed| format!("`{}`", listed.shown()));
                (!is_listed)
                    .then(|| format!("is none of {}", shown().collect::<Vec<_>>().join(", ")))
            }
            Self::Uuid => (!uuid::is_hyphenated(value.text()?))
                .then(|| "is not a UUID in hyphenated form".to_owned()),
            Self::Pattern(source) => {
                let source = source.as_ref();
                return check_pattern(value, source, pattern(source).ok().as_ref());
            }
            Self::Custom(_) => None,
        };
        reason.map_or(Ok(()), Err)
    }

    /// The words of JSON Schema (draft 2020-12) that say the same of a claim of this kind. Those for lengths
    /// apply to one kind each, so that of an unknown kind all of them are right.
    pub fn schema(&self, kind: ClaimKind) -> Vec<(&'static str, Argument<'_, T>)> {
        let lengths = |words: [&'static str; 3], length| {
            let words = match kind {
                ClaimKind::Text | ClaimKind::Uuid => &words[..1],
                ClaimKind::List => &words[1..2],
                ClaimKind::Object => &words[2..],
                _ => &words[..],
            };
            let words = words.iter();
            words.map(|word| (*word, Argument::Count(length))).collect()
        };
        match self {
            Self::NonEmpty => lengths(["minLength", "minItems", "minProperties"], 1),
            Self::MinLen(min) => lengths(["minLength", "minItems", "minProperties"], *min),
            Self::MaxLen(max) => lengths(["maxLength", "maxItems", "maxProperties"], *max),
            Self::Min(_) => vec![("minimum", self.argument())],
            Self::Max(_) => vec![("maximum", self.argument())],
            Self::OneOf(_) => vec![("enum", self.argument())],
            Self::Pattern(_) => vec![("pattern", self.argument())],
            Self::Uuid => vec![("format", Argument::Text("uuid"))],
            Self::Custom(_) => Vec::new(),
        }
    }
}

/// Whether a constraint of this name means anything for a claim of this kind.
#[must_use]
pub fn applies_to(name: &str, kind: ClaimKind) -> bool {
    match kind {
        _ if name == "custom" => true,
        ClaimKind::Text => !matches!(name, "min" | "max"),
        ClaimKind::Uuid => matches!(name, "one_of" | "uuid"),
        ClaimKind::Integer | ClaimKind::Float => matches!(name, "min" | "max" | "one_of"),
        ClaimKind::Boolean => false,
        ClaimKind::List | ClaimKind::Object => matches!(name, "non_empty" | "min_len" | "max_len"),
        ClaimKind::Any => true,
    }
}

/// The expression that matches texts which this one matches as a whole.
///
/// # Errors
/// What is wrong with the expression, which must compile by itself.
pub fn pattern(source: &str) -> Result<Regex, regex_lite::Error> {
    Regex::new(source)?;
    Regex::new(&anchored(source))
}

/// A regular expression for the whole text.
#[must_use]
pub fn anchored(source: &str) -> String {
    format!("^(?:{source})$")
}

/// Checks a value against a pattern that is compiled already.
///
/// # Errors
/// How the value breaks it, without the value.
pub fn check_pattern(value: Value<'_>, source: &str, regex: Option<&Regex>) -> Result<(), String> {
    let text = value.text()?;
    if regex.is_some_and(|regex| regex.is_match(text)) {
        return Ok(());
    }
    Err(format!("does not match `{source}`"))
}

/// As it is written in `#[claim(...)]`, without the list of `one_of`.
impl<T: AsRef<str>, L: AsRef<[Literal<T>]>> fmt::Display for Constraint<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self.argument() {
            Argument::Number(number) => write!(f, "{name} = {number}"),
            Argument::Count(count) => write!(f, "{name} = {count}"),
            Argument::Text(text) if name == "pattern" => {
                write!(f, "{name} = \"{}\"", text.escape_debug())
            }
            Argument::None | Argument::Literals(_) | Argument::Text(_) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Constraint, Literal, NAMES, Number, Value, applies_to};
    use crate::ClaimKind;

    const ALL: [Constraint; 9] = [
        Constraint::NonEmpty,
        Constraint::Min(Number::Integer(1)),
        Constraint::Max(Number::Integer(9)),
        Constraint::MinLen(2),
        Constraint::MaxLen(4),
        Constraint::OneOf(&[Literal::Text("free"), Literal::Number(Number::Integer(5))]),
        Constraint::Pattern("[a-z]+"),
        Constraint::Uuid,
        Constraint::Custom("check"),
    ];

    #[test]
    fn every_constraint_has_its_name_in_the_list() {
        assert_eq!(ALL.map(|constraint| constraint.name()), NAMES);
    }

    #[test]
    fn a_value_breaks_a_constraint_of_another_kind_or_beyond_its_bounds() {
        let broken = |value| {
            let broken = ALL.into_iter().filter(|rule| rule.check(value).is_err());
            broken.map(|rule| rule.name()).collect::<Vec<_>>()
        };
        assert_eq!(broken(Value::Text("free")), ["min", "max", "uuid"]);
        let of_text = ["non_empty", "min_len", "max_len", "pattern", "uuid"];
        assert_eq!(broken(Value::Number(Number::Float(5.0))), of_text);
        assert!(broken(Value::Number(Number::Integer(10))).contains(&"max"));
        assert!(broken(Value::List(0)).contains(&"non_empty"));
        assert!(broken(Value::Object(5)).contains(&"max_len"));
        assert!(broken(Value::Text("free1")).contains(&"pattern"));
    }

    #[test]
    fn constraints_that_no_value_obeys_contradict_each_other_in_either_order() {
        let contradict = [
            (
                Constraint::Min(Number::Float(2.5)),
                Constraint::Max(Number::Integer(2)),
            ),
            (Constraint::MinLen(3), Constraint::MaxLen(2)),
            (Constraint::NonEmpty, Constraint::MaxLen(0)),
            (Constraint::Uuid, Constraint::MaxLen(35)),
            (Constraint::Uuid, Constraint::MinLen(37)),
            (Constraint::Min(Number::Integer(0)), Constraint::Pattern("")),
        ];
        for (one, other) in contradict {
            let (one, other): (Constraint, Constraint) = (one, other);
            assert!(one.contradicts(&other), "{one} {other}");
            assert!(other.contradicts(&one), "{other} {one}");
        }
        assert!(!ALL[1].contradicts(&ALL[2]));
    }

    #[test]
    fn what_has_a_kind_has_schema_words_of_that_kind() {
        let words = |kind| ALL[0].schema(kind).into_iter().map(|(word, _)| word);
        assert!(words(ClaimKind::List).eq(["minItems"]));
        assert!(words(ClaimKind::Any).eq(["minLength", "minItems", "minProperties"]));
        assert!(applies_to("min", ClaimKind::Float) && !applies_to("min", ClaimKind::Text));
    }
}
