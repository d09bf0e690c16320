//! The names of types in SQL.

use super::name::type_name;
use super::source::Source;
use super::token::TokenKind;

/// The type at this token in its canonical spelling, and the index of the token after it.
pub(crate) fn type_at(source: &Source<'_>, at: usize, end: usize) -> (String, usize) {
    let (written, next) = written(source, at, end);
    (type_name(&written), next)
}

/// The type at this token as the signature of a function has it, and the index of the token after it.
pub(crate) fn type_identity_at(source: &Source<'_>, at: usize, end: usize) -> (String, usize) {
    let (written, next) = written(source, at, end);
    (identity(&written), next)
}

fn written(source: &Source<'_>, at: usize, end: usize) -> (String, usize) {
    let setof = usize::from(source.is(at, "setof"));
    let Some((name, mut next)) = source.qualified(at + setof) else {
        return (String::new(), at);
    };
    let mut text = match name.schema {
        Some(schema) if schema != "pg_catalog" => format!("{schema}.{}", name.name),
        _ => name.name,
    };
    if text == "double" && source.is(next, "precision") {
        next += 1;
        text.push_str(" precision");
    } else if matches!(&*text, "character" | "bit" | "char") && source.is(next, "varying") {
        next += 1;
        text.push_str(" varying");
    }
    if source.kind(next) == Some(TokenKind::Open) && text != "table" {
        // `float(24)` and less precise types are `real`.
        let digits = source.raw(next + 1).parse::<u32>();
        if text == "float" && digits.is_ok_and(|digits| digits <= 24) {
            "real".clone_into(&mut text);
        }
        next = source.closing((next, end)) + 1;
    }
    if matches!(&*text, "time" | "timestamp") && source.is_any(next, &["with", "without"]) {
        text = format!("{text} {} time zone", source.raw(next).to_ascii_lowercase());
        next += 3;
    }
    let mut array = source.is(next, "array");
    next += usize::from(array);
    while next < end && source.kind(next) == Some(TokenKind::OpenSquare) {
        array = true;
        next += if source.kind(next + 1) == Some(TokenKind::CloseSquare) {
            2
        } else {
            3
        };
    }
    // `_text` is PostgreSQL's internal name of `text[]`.
    if let Some(element) = text.strip_prefix('_')
        && !array
        && is_common(element)
    {
        text = String::from(element);
        array = true;
    }
    if array {
        text.push_str("[]");
    }
    (text, next.min(end))
}

/// The canonical spelling of a type's name. Unlike [`type_name`], it unites only spellings of the same type.
pub(crate) fn identity(written: &str) -> String {
    let (base, array) = match written.strip_suffix("[]") {
        Some(base) => (base, "[]"),
        None => (written, ""),
    };
    let base = match base {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "bool" => "boolean",
        "float" | "float8" => "double precision",
        "float4" => "real",
        "decimal" | "dec" => "numeric",
        "character varying" | "char varying" => "varchar",
        "character" | "bpchar" => "char",
        "timestamptz" | "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "timetz" | "time with time zone" => "timetz",
        "time without time zone" => "time",
        "bit varying" => "varbit",
        other => other,
    };
    format!("{base}{array}")
}

/// Whether every database has the type.
pub(crate) fn is_common(name: &str) -> bool {
    const NAMES: [&str; 44] = [
        "text",
        "varchar",
        "char",
        "bpchar",
        "name",
        "citext",
        "integer",
        "int",
        "int2",
        "int4",
        "int8",
        "bigint",
        "smallint",
        "serial",
        "bigserial",
        "boolean",
        "bool",
        "uuid",
        "json",
        "jsonb",
        "jsonpath",
        "numeric",
        "decimal",
        "real",
        "float",
        "float4",
        "float8",
        "double precision",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "bytea",
        "void",
        "record",
        "trigger",
        "event_trigger",
        "anyelement",
        "regclass",
        "oid",
        "inet",
        "table",
    ];
    NAMES.contains(&name)
}
