//! The constraints that `#[claim(...)]` puts on a claim: their names, what they check, which of them
//! contradict each other, and their keywords in JSON Schema.

mod check;
mod literal;

use std::fmt;

use crate::{ClaimKind, uuid};
pub use check::{anchored, check_pattern, pattern};
pub use literal::{Literal, Number, Value};

/// A constraint on the value of a claim. The runtime checks it when a client is made. An absent claim
/// satisfies every constraint.
///
/// `T` is the type of texts, and `L` the type of lists. The defaults are for constants, such as the claims of
/// a struct.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Constraint<T = &'static str, L = &'static [Literal]> {
    /// `non_empty`: a text, list or object that is not empty.
    NonEmpty,
    /// `min = n`: a number that is at least this one.
    Min(Number),
    /// `max = n`: a number that is at most this one.
    Max(Number),
    /// `min_len = n`: at least this number of characters, items or members.
    MinLen(usize),
    /// `max_len = n`: at most this number of characters, items or members.
    MaxLen(usize),
    /// `one_of(...)`: one of these values.
    OneOf(L),
    /// `pattern = "..."`: a text that this regular expression matches as a whole.
    Pattern(T),
    /// `uuid`: a text that is a UUID in hyphenated form.
    Uuid,
    /// `custom = path`: a value that this function accepts.
    Custom(T),
}

/// The argument of a constraint, or of a keyword of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument<'a, T = &'static str> {
    /// No argument.
    None,
    /// A number.
    Number(Number),
    /// A number of characters, items or members.
    Count(usize),
    /// A list of literals.
    Literals(&'a [Literal<T>]),
    /// A regular expression, a format or a path.
    Text(&'a str),
}

/// The names of all constraints in `#[claim(...)]`, in the order of the documentation.
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
    /// The name of the constraint in `#[claim(...)]`, such as `min_len`.
    pub const fn name(&self) -> &'static str {
        self.names().0
    }

    /// The name of the variant, such as `MinLen`, for generated code.
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

    /// The argument of the constraint.
    pub fn argument(&self) -> Argument<'_, T> {
        match self {
            Self::NonEmpty | Self::Uuid => Argument::None,
            Self::Min(number) | Self::Max(number) => Argument::Number(*number),
            Self::MinLen(count) | Self::MaxLen(count) => Argument::Count(*count),
            Self::OneOf(listed) => Argument::Literals(listed.as_ref()),
            Self::Pattern(text) | Self::Custom(text) => Argument::Text(text.as_ref()),
        }
    }

    /// Whether no value satisfies both constraints.
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

    /// The keywords of JSON Schema (draft 2020-12) that express the constraint for a claim of this kind. The
    /// keywords for lengths apply to one kind of value each, so that a claim of unknown kind gets all of
    /// them.
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

/// Whether a constraint with this name can be satisfied or violated by claims of this kind.
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

/// The constraint as it is written in `#[claim(...)]`, without the list of `one_of`.
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

    /// The position in [`ALL`]. The compiler asks for a new constraint here: add it to `ALL` too.
    fn position(constraint: Constraint) -> usize {
        match constraint {
            Constraint::NonEmpty => 0,
            Constraint::Min(_) => 1,
            Constraint::Max(_) => 2,
            Constraint::MinLen(_) => 3,
            Constraint::MaxLen(_) => 4,
            Constraint::OneOf(_) => 5,
            Constraint::Pattern(_) => 6,
            Constraint::Uuid => 7,
            Constraint::Custom(_) => 8,
        }
    }

    #[test]
    fn every_constraint_has_its_name_in_the_list() {
        assert!(ALL.into_iter().map(position).eq(0..ALL.len()));
        assert_eq!(ALL.map(|constraint| constraint.name()), NAMES);
    }

    #[test]
    fn a_value_of_another_kind_or_out_of_bounds_violates_a_constraint() {
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
    fn constraints_that_no_value_satisfies_contradict_each_other_in_either_order() {
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
    fn schema_keywords_match_the_kind_of_the_claim() {
        let words = |kind| ALL[0].schema(kind).into_iter().map(|(word, _)| word);
        assert!(words(ClaimKind::List).eq(["minItems"]));
        assert!(words(ClaimKind::Any).eq(["minLength", "minItems", "minProperties"]));
        assert!(applies_to("min", ClaimKind::Float) && !applies_to("min", ClaimKind::Text));
    }
}
