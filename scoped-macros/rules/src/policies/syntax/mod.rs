//! Tokens into trees: expressions, queries and the statements of PL/pgSQL.
//!
//! The parser is tolerant. What it does not know becomes [`Node::Junk`] with every expression that stands
//! inside, so that no call of a function is ever outside of the tree.

mod block;
mod call;
mod code;
mod declare;
mod expression;
mod loops;
mod node;
mod operand;
mod parser;
mod query;
mod table;
mod words;
mod write;

pub(crate) use code::Code;
pub(crate) use node::{
    Call, Case, Column, From, Head, Is, Item, Link, Node, Query, Relation, Select, Statement, Write,
};
pub(crate) use parser::Parser;

use super::source::Source;
use super::split::statements;

/// The statements of a body in SQL, or of a text that is executed.
pub(crate) fn statements_of(source: &Source<'_>) -> Vec<Statement> {
    let ranges = statements(source).into_iter();
    let found = ranges.flat_map(|range| Parser::new(&Code::new(source, range)).statements());
    found.collect()
}
