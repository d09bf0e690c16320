use std::fmt;

/// Postgres keeps 63 bytes of a name.
const MAX_BYTES: usize = 63;

/// Stands for a part of dynamic SQL that is only known at run time. A private character that is a
/// letter to the lexer, so that it may stand alone, in quotes or inside a name.
pub(crate) const UNKNOWN: char = '\u{e000}';

/// A text for people: what only the run knows is `?`.
pub fn shown(text: &str) -> String {
    text.replace(UNKNOWN, "?")
}

/// A name with its schema, both as Postgres stores them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct QualifiedName {
    /// Such as `public`.
    pub schema: String,
    /// Such as `documents`.
    pub name: String,
}

impl QualifiedName {
    pub(crate) fn new(schema: &str, name: &str) -> Self {
        Self {
            schema: schema.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Whether a part is only known at run time.
    pub(crate) fn is_unknown(&self) -> bool {
        self.schema.contains(UNKNOWN) || self.name.contains(UNKNOWN)
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// A name as written: perhaps without a schema.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct WrittenName {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
}

/// An unquoted name as Postgres stores it.
pub(crate) fn fold(written: &str) -> String {
    truncate(written.to_ascii_lowercase())
}

/// The first 63 bytes, without half a character.
pub(crate) fn truncate(mut name: String) -> String {
    if name.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES)
            .rev()
            .find(|end| name.is_char_boundary(*end));
        name.truncate(end.unwrap_or(0));
    }
    name
}

/// A type's name without the many spellings of the common ones.
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
