//! The keywords that matter to the parser.

/// Words that end an expression or an alias: no alias without AS is named so.
pub(crate) const KEYWORDS: [&str; 58] = [
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

/// Words before a bracket that call nothing.
pub(crate) const NO_FUNCTIONS: [&str; 14] = [
    "values", "array", "exists", "check", "begin", "return", "perform", "by", "if", "over",
    "filter", "query", "execute", "only",
];

/// Words behind which a query goes on with something else than conditions.
pub(crate) const CLAUSES: [&str; 12] = [
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

/// Words that join tables.
pub(crate) const JOINS: [&str; 9] = [
    "join", "left", "right", "inner", "outer", "cross", "full", "natural", "lateral",
];

/// Words that join queries.
pub(crate) const SETS: [&str; 3] = ["union", "except", "intersect"];
