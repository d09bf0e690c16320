//! Parses tokens into syntax trees: expressions, queries and the statements of PL/pgSQL.
//!
//! The parser is tolerant. Text that it does not understand becomes [`Node::Unparsed`] with every expression
//! inside of it, so that the tree contains every call of a function.

mod call;
mod data_change;
mod declaration;
mod expression;
mod from_clause;
mod keywords;
mod loop_statement;
mod operand;
mod parser;
mod query;
mod statement;
mod token_view;
mod tree;

pub(crate) use parser::Parser;
pub(crate) use token_view::TokenView;
pub(crate) use tree::{
    Call, Case, ChainLink, Column, DataChange, From, IsPredicate, Item, LoopHead, Node, Query,
    Relation, Select, Statement,
};

use super::source::Source;
use super::statements::statements;

/// The statements of a body in SQL, or of a text that EXECUTE runs.
pub(crate) fn statements_of(source: &Source<'_>) -> Vec<Statement> {
    let ranges = statements(source).into_iter();
    let found = ranges.flat_map(|range| Parser::new(&TokenView::new(source, range)).statements());
    found.collect()
}
