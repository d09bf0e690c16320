//! What the parser makes of the tokens. Every place is an offset into the file.

use super::super::name::WrittenName;
use super::super::source::MappedText;

/// An expression.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(MappedText),
    Number(String),
    Boolean(bool),
    Null,
    /// `a`, `a.b`, `a.*`.
    Name(Vec<String>, u32),
    /// `$1`, counted from 0.
    Parameter(usize, u32),
    Call(Box<Call>),
    /// Operators, casts and subscripts, applied from left to right.
    Chain(Box<Node>, Vec<ChainLink>),
    Not(Box<Node>),
    /// A sign, or any other operator in front.
    Prefix(Box<Node>),
    Case(Box<Case>),
    Array(Vec<Node>),
    Row(Vec<Node>),
    Query(Box<Query>),
    ArrayQuery(Box<Query>),
    Exists(Box<Query>),
    /// The expressions in something that is not understood.
    Unparsed(Vec<Node>),
}

/// `name(arguments)`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: WrittenName,
    pub(crate) arguments: Vec<Argument>,
    /// What stands in FILTER, OVER and ORDER BY.
    pub(crate) extra: Vec<Node>,
    pub(crate) at: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// Of `name => value`.
    pub(crate) name: Option<String>,
    pub(crate) value: Node,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) operand: Option<Node>,
    /// WHEN and THEN.
    pub(crate) branches: Vec<(Node, Node)>,
    pub(crate) otherwise: Option<Node>,
}

/// What stands behind an operand.
#[derive(Clone, Debug)]
pub(crate) enum ChainLink {
    /// Any operator between two operands; words such as AND, LIKE and BETWEEN as well.
    Operator(String, Node, u32),
    /// `= ANY (right)`, `<> ALL (right)`.
    Quantified(String, Node),
    /// `[NOT] IN (list)`.
    In(bool, Vec<Node>),
    /// `IS [NOT] what`.
    IsPredicate(bool, IsPredicate),
    Cast(String),
    Index(Vec<Node>),
    Field(String),
}

#[derive(Clone, Debug)]
pub(crate) enum IsPredicate {
    Null,
    /// TRUE, FALSE or UNKNOWN.
    Truth,
    Distinct(Node),
    /// DOCUMENT, JSON, NORMALIZED.
    Other,
}

/// A query with its common table expressions.
#[derive(Clone, Default, Debug)]
pub(crate) struct Query {
    pub(crate) common: Vec<(String, Vec<String>, Query)>,
    /// Several by UNION and the like, or by the rows of VALUES.
    pub(crate) selects: Vec<Select>,
    /// What stands in ORDER BY, LIMIT and so on.
    pub(crate) rest: Vec<Node>,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Select {
    pub(crate) items: Vec<Item>,
    /// The variables that get the items, in PL/pgSQL.
    pub(crate) into: Vec<Vec<String>>,
    pub(crate) from: Vec<From>,
    /// WHERE, ON, GROUP BY, HAVING.
    pub(crate) conditions: Vec<Node>,
    /// INSERT, UPDATE, DELETE: the items are those of RETURNING.
    pub(crate) write: Option<Box<DataChange>>,
    /// A query in brackets instead of all that.
    pub(crate) inner: Option<Box<Query>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) value: Node,
    pub(crate) alias: Option<String>,
}

/// Something that FROM lists.
#[derive(Clone, Debug)]
pub(crate) struct From {
    pub(crate) relation: Relation,
    pub(crate) alias: Option<String>,
    pub(crate) columns: Vec<Column>,
}

#[derive(Clone, Debug)]
pub(crate) enum Relation {
    Table(WrittenName),
    Function(Node),
    Query(Query),
}

/// A column's name in an alias, with its type where one is written.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) at: u32,
}

/// What INSERT or UPDATE puts into a table.
#[derive(Clone, Debug)]
pub(crate) struct DataChange {
    pub(crate) table: WrittenName,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Option<Query>,
    pub(crate) set: Vec<(String, Node)>,
}

/// A statement of a function's body.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    /// `target := value`; a field of a record has two names.
    Assign(Vec<String>, Node),
    /// `name type := value`.
    Declare(String, String, Option<Node>),
    /// A cursor's query.
    Cursor(String, Query),
    /// `FETCH cursor INTO targets`.
    Fetch(String, Vec<Vec<String>>),
    /// The conditions with their branches, and ELSE.
    If(Vec<(Node, Vec<Statement>)>, Vec<Statement>),
    Loop(LoopHead, Vec<Statement>),
    /// BEGIN .. END, with the parts of EXCEPTION.
    Block(Vec<Statement>, Vec<Vec<Statement>>),
    Return(Option<Node>),
    ReturnNext(Option<Node>),
    ReturnQuery(Query),
    Execute {
        text: Node,
        using: Vec<Node>,
        into: Vec<Vec<String>>,
        /// RETURN QUERY EXECUTE.
        returns: bool,
    },
    Query(Query),
    /// CREATE TABLE .. AS.
    Store(WrittenName, Query),
    Unparsed(Vec<Node>),
}

/// What a loop runs over.
#[derive(Clone, Debug)]
pub(crate) enum LoopHead {
    /// Nothing, a condition, or a range of numbers.
    Plain(Vec<Node>),
    Query(Vec<Vec<String>>, Query),
    Array(Vec<Vec<String>>, Node),
    Execute(Vec<Vec<String>>, Node, Vec<Node>),
}
