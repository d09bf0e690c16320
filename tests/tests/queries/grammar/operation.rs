//! Operators and their operands.

use super::name::identifier;
use super::text::{Read, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) negated: bool,
    pub(crate) operator: &'static str,
    /// `any`, `all`, or the configuration of a text search.
    pub(crate) modifier: Option<String>,
    pub(crate) operand: Operand,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Single(String),
    List(Vec<String>),
    Is(&'static str),
}

const SEARCHES: [&str; 4] = ["fts", "plfts", "phfts", "wfts"];
const SIMPLE: [&str; 9] = ["neq", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"];
const QUANTIFIABLE: [&str; 9] = [
    "eq", "gte", "gt", "lte", "lt", "like", "ilike", "match", "imatch",
];
const IS: [&str; 5] = ["null", "not_null", "true", "false", "unknown"];

/// The place of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the value of a parameter, which is a single value to its end.
    Parameter,
    /// Among the conditions of a group, where a value ends at `,` or `)`.
    Group,
}

pub(super) fn operation(text: &mut Text<'_>, place: Place) -> Read<Operation> {
    let negated = text.eat("not.");
    let plain = |operator, operand| Operation {
        negated,
        operator,
        modifier: None,
        operand,
    };
    if text.eat("in.") {
        return Ok(plain("in", Operand::List(list(text)?)));
    }
    if text.eat("is.") {
        let value = IS.into_iter().find(|value| text.eat_in_any_case(value));
        let Some(value) = value else {
            return text.refuse("null, not_null, true, false or unknown");
        };
        return Ok(plain("is", Operand::Is(value)));
    }
    if text.eat("isdistinct.") {
        return Ok(plain("isdistinct", Operand::Single(single(text, place))));
    }
    let head = [&SEARCHES[..], &SIMPLE, &QUANTIFIABLE]
        .into_iter()
        .flatten();
    for operator in head.copied() {
        if let Some(modifier) = text.attempt(|text| head_of(text, operator)) {
            let operand = Operand::Single(single(text, place));
            return Ok(Operation {
                negated,
                operator,
                modifier,
                operand,
            });
        }
    }
    text.refuse("an operator")
}

/// Reads an operator such as `eq(any).`.
fn head_of(text: &mut Text<'_>, operator: &str) -> Read<Option<String>> {
    text.expect(operator)?;
    let is_search = SEARCHES.contains(&operator);
    let modifier = if is_search || QUANTIFIABLE.contains(&operator) {
        text.attempt(|text| {
            text.expect("(")?;
            let modifier = identifier(text)?;
            text.expect(")")?;
            if is_search || matches!(&*modifier, "any" | "all") {
                return Ok(modifier);
            }
            text.refuse("any or all")
        })
    } else {
        None
    };
    text.expect(".")?;
    Ok(modifier)
}

/// PostgreSQL's text ends at NUL, which the server does not refuse.
fn cut(value: &str) -> String {
    value.split('\0').next().unwrap_or_default().to_owned()
}

fn single(text: &mut Text<'_>, place: Place) -> String {
    let value = match place {
        Place::Parameter => text.take_while(|_| true).to_owned(),
        Place::Group => text
            .quoted_alone()
            .or_else(|| text.attempt(array))
            .unwrap_or_else(|| text.take_while(|letter| !",)".contains(letter)).to_owned()),
    };
    cut(&value)
}

/// Reads an array such as `{a,b}`, in which a comma does not end the value.
fn array(text: &mut Text<'_>) -> Read<String> {
    text.expect("{")?;
    let inner = text.take_while(|letter| !"{}".contains(letter));
    text.expect("}")?;
    Ok(format!("{{{inner}}}"))
}

/// Reads a list such as `(a,"b,c")`. A list of one empty text is an empty list.
fn list(text: &mut Text<'_>) -> Read<Vec<String>> {
    if !text.eat_lexeme("(") {
        return text.refuse("(");
    }
    let mut elements = Vec::new();
    loop {
        let element = text
            .quoted_alone()
            .unwrap_or_else(|| text.take_while(|letter| !",)".contains(letter)).to_owned());
        elements.push(cut(&element));
        if !text.eat(",") {
            break;
        }
    }
    if !text.eat_lexeme(")") {
        return text.refuse(")");
    }
    if elements == [""] {
        elements.clear();
    }
    Ok(elements)
}
