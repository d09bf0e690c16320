//! Compares the meaning of a request with what was written.

mod literal;
mod meaning;

use std::collections::BTreeSet;

use scoped_runtime::Is;
use serde_json::Value;

pub(crate) use self::meaning::{Meaning, Rows, of_said, of_tree};

use self::literal::{array, literal, range};
use crate::grammar::{self, At, Field, Operation, Tree};
use crate::written::{Operand, Said, Test};

/// Returns whether these conditions are those that were written, in this order.
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
