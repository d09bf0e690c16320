//! The syntax tree. Every `at` is an offset in the file.

use super::super::name::WrittenName;
use super::super::source::MappedText;

/// An expression.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(MappedText),
    Number(String),
    Boolean(bool),
    Null,
    /// A name: `a`, `a.b`, `a.*`.
    Name(Vec<String>, u32),
    /// A parameter such as `$1`, counted from 0.
    Parameter(usize, u32),
    Call(Box<Call>),
    /// An operand with operators, casts and subscripts, applied from left to right.
    Chain(Box<Node>, Vec<ChainLink>),
    Not(Box<Node>),
    /// A prefix operator, such as a sign.
    Prefix(Box<Node>),
    Case(Box<Case>),
    Array(Vec<Node>),
    Row(Vec<Node>),
    Query(Box<Query>),
    ArrayQuery(Box<Query>),
    Exists(Box<Query>),
    /// The expressions in text that the parser does not understand.
    Unparsed(Vec<Node>),
}

/// A call: `name(arguments)`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: WrittenName,
    pub(crate) arguments: Vec<Argument>,
    /// The expressions in FILTER, OVER and ORDER BY.
    pub(crate) extra: Vec<Node>,
    pub(crate) at: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The name in `name => value`.
    pub(crate) name: Option<String>,
    pub(crate) value: Node,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) operand: Option<Node>,
    /// The expressions after WHEN and THEN.
    pub(crate) branches: Vec<(Node, Node)>,
    pub(crate) otherwise: Option<Node>,
}

/// An operator, cast, subscript or predicate after an operand.
#[derive(Clone, Debug)]
pub(crate) enum ChainLink {
    /// A binary operator, including words such as AND, LIKE and BETWEEN.
    Operator(String, Node),
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
    /// DOCUMENT, JSON or NORMALIZED.
    Other,
}

/// A query with its common table expressions.
#[derive(Clone, Default, Debug)]
pub(crate) struct Query {
    pub(crate) common: Vec<(String, Vec<String>, Query)>,
    /// Several SELECTs are combined by UNION and similar words, or are the rows of VALUES.
    pub(crate) selects: Vec<Select>,
    /// The expressions in ORDER BY, LIMIT and similar clauses.
    pub(crate) rest: Vec<Node>,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Select {
    pub(crate) items: Vec<Item>,
    /// The variables of INTO, in PL/pgSQL.
    pub(crate) into: Vec<Vec<String>>,
    pub(crate) from: Vec<From>,
    /// The expressions in WHERE, ON, GROUP BY and HAVING.
    pub(crate) conditions: Vec<Node>,
    /// INSERT, UPDATE or DELETE; `items` are those of RETURNING.
    pub(crate) write: Option<Box<DataChange>>,
    /// A query in brackets, which replaces all other fields.
    pub(crate) inner: Option<Box<Query>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) value: Node,
    pub(crate) alias: Option<String>,
}

/// An item of FROM.
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

/// The name of a column in an alias, with its type if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) at: u32,
}

/// The rows or values that INSERT or UPDATE stores.
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
    /// `target := value`; the field of a record has two names.
    Assign(Vec<String>, Node),
    /// A declaration: `name type := value`.
    Declare(String, String, Option<Node>),
    /// A cursor and its query.
    Cursor(String, Query),
    /// `FETCH cursor INTO targets`.
    Fetch(String, Vec<Vec<String>>),
    /// IF or CASE: the conditions with their branches, and ELSE.
    If(Vec<(Node, Vec<Statement>)>, Vec<Statement>),
    Loop(LoopHead, Vec<Statement>),
    /// BEGIN .. END, with the handlers of EXCEPTION.
    Block(Vec<Statement>, Vec<Vec<Statement>>),
    Return(Option<Node>),
    ReturnNext(Option<Node>),
    ReturnQuery(Query),
    Execute {
        text: Node,
        using: Vec<Node>,
        into: Vec<Vec<String>>,
        /// Whether it is RETURN QUERY EXECUTE.
        returns: bool,
    },
    Query(Query),
    /// CREATE TABLE .. AS.
    Store(WrittenName, Query),
    Unparsed(Vec<Node>),
}

/// What a loop iterates over.
#[derive(Clone, Debug)]
pub(crate) enum LoopHead {
    /// LOOP without more, a condition, or a range of numbers.
    Plain(Vec<Node>),
    Query(Vec<Vec<String>>, Query),
    Array(Vec<Vec<String>>, Node),
    Execute(Vec<Vec<String>>, Node, Vec<Node>),
}
