//! The keywords that the parser knows.

/// The words that end an expression, and that cannot be an alias without AS.
pub(super) const KEYWORDS: [&str; 58] = [
    "from",
    "where",
    "and",
    "or",
    "not",
    "in",
    "is",
    "as",
    "on",
    "into",
    "limit",
    "order",
    "group",
    "having",
    "union",
    "except",
    "intersect",
    "then",
    "else",
    "elsif",
    "elseif",
    "end",
    "when",
    "case",
    "loop",
    "using",
    "with",
    "like",
    "ilike",
    "similar",
    "between",
    "join",
    "left",
    "right",
    "inner",
    "cross",
    "full",
    "natural",
    "lateral",
    "returning",
    "select",
    "collate",
    "any",
    "all",
    "some",
    "default",
    "set",
    "insert",
    "update",
    "delete",
    "offset",
    "fetch",
    "window",
    "for",
    "isnull",
    "notnull",
    "tablesample",
    "distinct",
];

/// The words before a bracket that are not names of functions.
pub(super) const NO_FUNCTIONS: [&str; 14] = [
    "values", "array", "exists", "check", "begin", "return", "perform", "by", "if", "over",
    "filter", "query", "execute", "only",
];

/// The words that begin a clause of a query.
pub(super) const CLAUSES: [&str; 12] = [
    "where",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "on",
    "using",
    "returning",
];

/// The words that join tables.
pub(super) const JOINS: [&str; 9] = [
    "join", "left", "right", "inner", "outer", "cross", "full", "natural", "lateral",
];

/// The words that combine queries.
pub(super) const SETS: [&str; 3] = ["union", "except", "intersect"];
