//! Translates what was written to SQL, according to the documentation of the methods.

use std::ops::Bound;

use scoped_runtime::Is;

use super::rows::array;
use super::{identifier, literal, path};
use crate::written::{Operand, Place, Said, Test};

pub(super) fn sql(said: &Said) -> String {
    match said {
        Said::Test(test) => self::test(test),
        Said::Not(said) => format!("not ({})", sql(said)),
        Said::Group { any, members } => {
            let members: Vec<String> = members.iter().map(sql).collect();
            format!("({})", members.join(if *any { " or " } else { " and " }))
        }
    }
}

pub(super) fn column(place: &Place) -> String {
    let table = place.tables.first().map_or("samples", String::as_str);
    format!("{table}.{}{}", identifier(&place.name), path(&place.path))
}

pub(super) fn test(said: &Test) -> String {
    let column = column(&said.place);
    let not = if said.negated { "not " } else { "" };
    format!("{not}({})", comparison(said, &column))
}

fn comparison(said: &Test, column: &str) -> String {
    let element = match &*said.place.name {
        "stars" | "limit" | "order" | "numbers" => "int",
        _ => "text",
    };
    let operator = operator(said.operator);
    let is_pattern = operator.ends_with("like");
    let pattern = |text: &str| {
        if is_pattern {
            text.replace('*', "%")
        } else {
            text.to_owned()
        }
    };
    match &said.operand {
        Operand::Text(text) if operator.ends_with("fts") => {
            let function = match operator {
                "fts" => "to_tsquery",
                "plfts" => "plainto_tsquery",
                "phfts" => "phraseto_tsquery",
                _ => "websearch_to_tsquery",
            };
            let configuration = said.modifier.map(|name| format!("{}, ", literal(name)));
            format!(
                "{column} @@ {function}({}{})",
                configuration.unwrap_or_default(),
                literal(text)
            )
        }
        Operand::Text(text) => format!("{column} {operator} {}", literal(&pattern(text))),
        Operand::Among(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| literal(text)).collect();
            if texts.is_empty() {
                "false".to_owned()
            } else {
                format!("{column} in ({})", texts.join(","))
            }
        }
        Operand::Is(is) => {
            let is = match is {
                Is::Null => "null",
                Is::NotNull => "not null",
                Is::True => "true",
                Is::False => "false",
                Is::Unknown => "unknown",
            };
            format!("{column} is {is}")
        }
        Operand::Array(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| pattern(text)).collect();
            let array = array(&texts, element);
            match said.modifier {
                Some(quantifier) => format!("{column} {operator} {quantifier}({array})"),
                None => format!("{column} {operator} {array}"),
            }
        }
        Operand::Json(value) => {
            format!("{column} {operator} {}::jsonb", literal(&value.to_string()))
        }
        Operand::Range((low, high)) => {
            let open = if matches!(low, Bound::Included(_)) {
                '['
            } else {
                '('
            };
            let close = if matches!(high, Bound::Included(_)) {
                ']'
            } else {
                ')'
            };
            format!(
                "{column} {operator} int4range({},{},'{open}{close}')",
                end(low),
                end(high)
            )
        }
        Operand::Literal(text) if said.operator == "match" => {
            format!("strpos({column}, {}) > 0", literal(text))
        }
        Operand::Literal(text) => format!("strpos(lower({column}), lower({})) > 0", literal(text)),
    }
}

/// The operator in PostgreSQL.
fn operator(name: &'static str) -> &'static str {
    match name {
        "eq" => "=",
        "neq" => "<>",
        "gt" => ">",
        "gte" => ">=",
        "lt" => "<",
        "lte" => "<=",
        "like" => "like",
        "ilike" => "ilike",
        "match" => "~",
        "imatch" => "~*",
        "isdistinct" => "is distinct from",
        "cs" => "@>",
        "cd" => "<@",
        "ov" => "&&",
        "sl" => "<<",
        "sr" => ">>",
        "nxr" => "&<",
        "nxl" => "&>",
        "adj" => "-|-",
        other => other,
    }
}

fn end(bound: &Bound<String>) -> &str {
    match bound {
        Bound::Included(value) | Bound::Excluded(value) => value,
        Bound::Unbounded => "null",
    }
}
