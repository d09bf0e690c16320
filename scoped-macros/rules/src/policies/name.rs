use std::fmt;

/// PostgreSQL keeps 63 bytes of a name (`NAMEDATALEN` - 1).
const MAX_BYTES: usize = 63;

/// A placeholder for a part of dynamic SQL that is only known at run time. It is a private-use character that
/// the lexer treats as a letter, so that it may be a name, a part of a name, or in quotes.
pub(crate) const UNKNOWN: char = '\u{e000}';

/// The text with `?` in place of every part that is only known at run time.
pub fn shown(text: &str) -> String {
    text.replace(UNKNOWN, "?")
}

/// A name with its schema, both as PostgreSQL stores them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct QualifiedName {
    /// The schema, such as `public`.
    pub schema: String,
    /// The name, such as `documents`.
    pub name: String,
}

impl QualifiedName {
    pub(crate) fn new(schema: &str, name: &str) -> Self {
        Self {
            schema: schema.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Whether a part of the name is only known at run time.
    pub(crate) fn is_unknown(&self) -> bool {
        self.schema.contains(UNKNOWN) || self.name.contains(UNKNOWN)
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// A name as the SQL writes it, with or without a schema.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct WrittenName {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
}

/// An unquoted name as PostgreSQL stores it: in lower case, truncated.
pub(crate) fn fold(written: &str) -> String {
    truncate(written.to_ascii_lowercase())
}

/// The first 63 bytes, cut at the boundary of a character.
pub(crate) fn truncate(mut name: String) -> String {
    if name.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES)
            .rev()
            .find(|end| name.is_char_boundary(*end));
        name.truncate(end.unwrap_or(0));
    }
    name
}

/// The canonical spelling of a type's name. Types that JSON values are cast to alike, such as `varchar` and
/// `text`, have one name.
pub(crate) fn type_name(written: &str) -> String {
    let (base, array) = match written.strip_suffix("[]") {
        Some(base) => (base, "[]"),
        None => (written, ""),
    };
    let base = match base {
        "int" | "int4" | "integer" | "serial" => "integer",
        "int8" | "bigint" | "bigserial" => "bigint",
        "int2" | "smallint" => "smallint",
        "bool" | "boolean" => "boolean",
        "float" | "float8" | "double precision" => "double precision",
        "float4" | "real" => "real",
        "decimal" | "dec" | "numeric" => "numeric",
        "varchar" | "character varying" | "bpchar" | "char" | "character" | "name" | "citext"
        | "text" => "text",
        "timestamptz" | "timestamp with time zone" => "timestamptz",
        "timestamp" | "timestamp without time zone" => "timestamp",
        other => other,
    };
    format!("{base}{array}")
}
