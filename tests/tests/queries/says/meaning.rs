//! The meaning of a condition for the rows of a table.

use scoped_runtime::Is;
use serde_json::Value;

use crate::grammar::{self, Field, Operation, Tree};
use crate::written::{Operand, Said, Test};

/// A condition in which parts that are always true or always false are resolved.
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

/// The rows that match a condition, as far as this is known without the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// All rows in which the column has a value.
    All,
    Some,
    None,
}

pub(crate) trait Negate: Sized {
    fn negate(self) -> Self;
    fn rows(&self) -> Rows;
    /// Returns whether an `is.null` test is negated, and `None` for other tests.
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
            // A row cannot match both tests.
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

/// Returns the meaning of a condition that arrived.
pub(crate) fn of_tree(tree: &Tree) -> Meaning<(Field, Operation)> {
    match tree {
        Tree::Test(field, operation) => match (operation.modifier.as_deref(), &operation.operand) {
            // With an empty list `any` matches no value, and `all` matches every value.
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

/// Returns the meaning of a condition that was written.
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
