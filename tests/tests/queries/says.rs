//! Whether a request says what was written.

use std::collections::BTreeSet;
use std::ops::Bound;

use scoped_runtime::Is;
use serde_json::Value;

use crate::grammar::{self, At, Field, Operation, Tree};
use crate::written::{Bounds, Operand, Said, Test};

/// A condition with what holds always, or never, resolved.
#[derive(Debug, Clone)]
pub(crate) enum Meaning<T> {
    Constant(bool),
    Test(T),
    Group {
        negated: bool,
        any: bool,
        members: Vec<Meaning<T>>,
    },
}

/// Which rows a condition lets through, as far as that is known without looking at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// All that have a value.
    All,
    Some,
    None,
}

pub(crate) trait Negate: Sized {
    fn negate(self) -> Self;
    fn rows(&self) -> Rows;
    /// Nothing unless it is `is.null`; else whether it is negated.
    fn null_test(&self) -> Option<bool>;
    fn same_column(&self, other: &Self) -> bool;
}

impl Negate for (Field, Operation) {
    fn negate(self) -> Self {
        let (field, operation) = self;
        let negated = !operation.negated;
        (
            field,
            Operation {
                negated,
                ..operation
            },
        )
    }

    fn rows(&self) -> Rows {
        let operation = &self.1;
        let rows = match (&operation.operand, operation.operator) {
            (grammar::Operand::List(values), _) if values.is_empty() => Rows::None,
            (grammar::Operand::Single(value), "cs") if matches!(&**value, "{}" | "[]") => Rows::All,
            (grammar::Operand::Single(value), "ov") if value == "{}" => Rows::None,
            _ => Rows::Some,
        };
        rows.negated_if(operation.negated)
    }

    fn null_test(&self) -> Option<bool> {
        let is_null = self.1.operand == grammar::Operand::Is("null");
        is_null.then_some(self.1.negated)
    }

    fn same_column(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Negate for Test {
    fn negate(self) -> Self {
        Self {
            negated: !self.negated,
            ..self
        }
    }

    fn rows(&self) -> Rows {
        let rows = match (&self.operand, self.operator) {
            (Operand::Array(values), "cs") if values.is_empty() => Rows::All,
            (Operand::Array(values), "ov") if values.is_empty() => Rows::None,
            (Operand::Json(Value::Array(items)), "cs") if items.is_empty() => Rows::All,
            (Operand::Json(Value::Object(members)), "cs") if members.is_empty() => Rows::All,
            _ => Rows::Some,
        };
        rows.negated_if(self.negated)
    }

    fn null_test(&self) -> Option<bool> {
        (self.operand == Operand::Is(Is::Null)).then_some(self.negated)
    }

    fn same_column(&self, other: &Self) -> bool {
        (&self.place.name, &self.place.path) == (&other.place.name, &other.place.path)
    }
}

impl<T: Negate> Meaning<T> {
    fn group(any: bool, members: impl Iterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for member in members {
            match member {
                Self::Constant(holds) if holds == any => return Self::Constant(any),
                Self::Constant(_) => {}
                member => kept.push(member),
            }
        }
        match &kept[..] {
            [] => Self::Constant(!any),
            [_] => kept.remove(0),
            // What no row fits.
            [Self::Test(one), Self::Test(other)]
                if !any
                    && one.null_test() == Some(false)
                    && other.null_test() == Some(true)
                    && one.same_column(other) =>
            {
                Self::Constant(false)
            }
            _ => Self::Group {
                negated: false,
                any,
                members: kept,
            },
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Constant(holds) => Self::Constant(!holds),
            Self::Test(test) => Self::Test(test.negate()),
            Self::Group {
                negated,
                any,
                members,
            } => Self::Group {
                negated: !negated,
                any,
                members,
            },
        }
    }
}

/// What arrived.
pub(crate) fn of_tree(tree: &Tree) -> Meaning<(Field, Operation)> {
    match tree {
        Tree::Test(field, operation) => match (operation.modifier.as_deref(), &operation.operand) {
            // Of no values none fits, and all do.
            (Some(quantifier @ ("any" | "all")), grammar::Operand::Single(list))
                if list == "{}" =>
            {
                Meaning::Constant((quantifier == "all") != operation.negated)
            }
            _ => Meaning::Test((field.clone(), operation.clone())),
        },
        Tree::Group {
            negated,
            any,
            members,
        } => {
            let group = Meaning::group(*any, members.iter().map(of_tree));
            if *negated { group.not() } else { group }
        }
    }
}

/// What was written.
pub(crate) fn of_said(said: &Said) -> Meaning<Test> {
    match said {
        Said::Not(said) => of_said(said).not(),
        Said::Group { any, members } => Meaning::group(*any, members.iter().map(of_said)),
        Said::Test(test) => {
            let holds = match (&test.operand, test.modifier) {
                (Operand::Among(values), _) if values.is_empty() => false,
                (Operand::Array(values), Some(quantifier)) if values.is_empty() => {
                    quantifier == "all"
                }
                _ => return Meaning::Test(test.clone()),
            };
            Meaning::Constant(holds != test.negated)
        }
    }
}

impl Rows {
    fn negated_if(self, negated: bool) -> Self {
        match self {
            Self::All if negated => Self::None,
            Self::None if negated => Self::All,
            rows => rows,
        }
    }
}

impl<T: Negate> Meaning<T> {
    pub(crate) fn rows(&self) -> Rows {
        match self {
            Self::Constant(true) => Rows::All,
            Self::Constant(false) => Rows::None,
            Self::Test(test) => test.rows(),
            Self::Group {
                negated,
                any,
                members,
            } => {
                let (ends, passes) = if *any {
                    (Rows::All, Rows::None)
                } else {
                    (Rows::None, Rows::All)
                };
                let mut all = members.iter().map(Self::rows);
                let rows = if all.clone().any(|rows| rows == ends) {
                    ends
                } else if all.all(|rows| rows == passes) {
                    passes
                } else {
                    Rows::Some
                };
                rows.negated_if(*negated)
            }
        }
    }
}

/// Whether these conditions are those that were written, in this order.
pub(crate) fn same_conditions(arrived: &[At<Tree>], written: &[(Vec<String>, Said)]) -> bool {
    let arrived = arrived.iter().map(|at| (&at.path, of_tree(&at.said)));
    let arrived = arrived.filter(|(_, meaning)| !matches!(meaning, Meaning::Constant(true)));
    let written = written.iter().map(|(path, said)| (path, of_said(said)));
    let written = written.filter(|(_, meaning)| !matches!(meaning, Meaning::Constant(true)));
    let (arrived, written): (Vec<_>, Vec<_>) = (arrived.collect(), written.collect());
    arrived.len() == written.len()
        && arrived
            .iter()
            .zip(&written)
            .all(|(it, other)| it.0 == other.0 && same(&it.1, &other.1))
}

fn same(arrived: &Meaning<(Field, Operation)>, written: &Meaning<Test>) -> bool {
    match (arrived, written) {
        (Meaning::Constant(arrived), Meaning::Constant(written)) => arrived == written,
        (Meaning::Test((field, operation)), Meaning::Test(test)) => {
            field.name == test.place.name
                && field.path == test.place.path
                && operation.negated == test.negated
                && operation.operator == test.operator
                && operation.modifier.as_deref() == test.modifier
                && same_operand(&operation.operand, &test.operand)
        }
        (
            Meaning::Group {
                negated,
                any,
                members,
            },
            Meaning::Group {
                negated: not,
                any: or,
                members: others,
            },
        ) => {
            (negated, any, members.len()) == (not, or, others.len())
                && members
                    .iter()
                    .zip(others)
                    .all(|(member, other)| same(member, other))
        }
        _ => false,
    }
}

fn same_operand(arrived: &grammar::Operand, written: &Operand) -> bool {
    match (arrived, written) {
        (grammar::Operand::Single(arrived), Operand::Text(written)) => arrived == written,
        (grammar::Operand::List(arrived), Operand::Among(written)) => {
            let set = |values: &[String]| values.iter().cloned().collect::<BTreeSet<_>>();
            set(arrived) == set(written)
        }
        (grammar::Operand::Is(arrived), Operand::Is(written)) => {
            *arrived
                == match written {
                    Is::Null => "null",
                    Is::NotNull => "not_null",
                    Is::True => "true",
                    Is::False => "false",
                    Is::Unknown => "unknown",
                }
        }
        (grammar::Operand::Single(arrived), Operand::Array(written)) => {
            array(arrived).as_ref() == Some(written)
        }
        (grammar::Operand::Single(arrived), Operand::Range(written)) => {
            range(arrived).as_ref() == Some(written)
        }
        (grammar::Operand::Single(arrived), Operand::Json(written)) => {
            serde_json::from_str::<Value>(arrived).ok().as_ref() == Some(written)
        }
        (grammar::Operand::Single(arrived), Operand::Literal(written)) => {
            literal(arrived).as_ref() == Some(written)
        }
        _ => false,
    }
}

/// The elements of PostgreSQL's `{1,"b c"}`.
fn array(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    // Without quotes `null` is no text, and blanks count for nothing.
    let is_element = |(text, is_quoted): &(String, bool)| {
        *is_quoted
            || !text.is_empty()
                && !text.contains([' ', '{', '}', '\\'])
                && !text.eq_ignore_ascii_case("null")
    };
    let elements = separated(inner)?;
    elements
        .iter()
        .all(is_element)
        .then(|| elements.into_iter().map(|(text, _)| text).collect())
}

/// The bounds of PostgreSQL's `[1,"a b")`.
fn range(text: &str) -> Option<Bounds> {
    let (open, close) = (text.chars().next()?, text.chars().last()?);
    let inner = text.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?;
    let [low, high] = <[_; 2]>::try_from(separated(inner)?).ok()?;
    let bound = |(text, is_quoted): (String, bool), bracket: char| {
        if text.is_empty() && !is_quoted {
            Bound::Unbounded
        } else if matches!(bracket, '[' | ']') {
            Bound::Included(text)
        } else {
            Bound::Excluded(text)
        }
    };
    Some((bound(low, open), bound(high, close)))
}

/// Texts with commas between, and whether each is in quotes.
fn separated(text: &str) -> Option<Vec<(String, bool)>> {
    let mut elements = vec![(String::new(), false)];
    let mut letters = text.chars();
    let mut is_inside = false;
    while let Some(letter) = letters.next() {
        let (element, is_quoted) = elements.last_mut()?;
        match letter {
            '\\' => element.push(letters.next()?),
            '"' => {
                is_inside = !is_inside;
                *is_quoted = true;
            }
            ',' if !is_inside => elements.push((String::new(), false)),
            letter => element.push(letter),
        }
    }
    (!is_inside).then_some(elements)
}

/// The text that a regular expression finds, if it finds one only. Letters that mean something have a
/// backslash before them, and no letter or digit has: `\d` is a class.
fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next().filter(|letter| !letter.is_alphanumeric())?),
            letter if ".^$*+?()[]{}|".contains(letter) => return None,
            letter => text.push(letter),
        }
    }
    Some(text)
}

#[test]
fn literals_are_read_as_postgresql_reads_them() {
    let texts = |text: &str| array(text);
    assert_eq!(
        texts(r#"{1,"b c","\"\\"}"#),
        Some(vec!["1".into(), "b c".into(), "\"\\".into()])
    );
    assert_eq!(texts("{a,NULL}"), None);
    assert_eq!(texts("{}"), Some(Vec::new()));
    assert_eq!(
        range("[1,)"),
        Some((Bound::Included("1".into()), Bound::Unbounded))
    );
    assert_eq!(
        range(r#"("",2]"#),
        Some((Bound::Excluded(String::new()), Bound::Included("2".into())))
    );
    assert_eq!(
        (literal(r"a\.b"), literal("a.b"), literal(r"\d")),
        (Some("a.b".into()), None, None)
    );
}
