//! The values of arguments, each read or refused with what to write instead.

use proc_macro2::Span;
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Lit, Path, Token, UnOp};

use super::arguments::{Argument, Value};
use crate::support::errors::Errors;

/// A text or number that a rule names.
#[derive(Clone)]
pub(super) struct Literal {
    pub(super) value: LiteralValue,
    pub(super) span: Span,
}

#[derive(Clone, PartialEq)]
pub(super) enum LiteralValue {
    Text(String),
    Number(Number),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    #[expect(
        clippy::cast_precision_loss,
        reason = "only beside a float, which is as exact"
    )]
    fn float(self) -> f64 {
        match self {
            Self::Integer(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.partial_cmp(other),
            _ => self.float().partial_cmp(&other.float()),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
        }
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            LiteralValue::Text(text) => write!(f, "\"{}\"", text.escape_debug()),
            LiteralValue::Number(number) => number.fmt(f),
        }
    }
}

/// The literal that an expression is.
pub(super) fn literal(value: &Expr) -> Option<Literal> {
    let span = syn::spanned::Spanned::span(value);
    let read = |value| Some(Literal { value, span });
    match value {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(text) => read(LiteralValue::Text(text.value())),
            Lit::Int(number) => {
                let number = number.base10_parse().ok()?;
                read(LiteralValue::Number(Number::Integer(number)))
            }
            Lit::Float(number) => {
                let number = number.base10_parse().ok()?;
                read(LiteralValue::Number(Number::Float(number)))
            }
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match literal(expr)?.value {
            LiteralValue::Number(Number::Integer(number)) => {
                read(LiteralValue::Number(Number::Integer(-number)))
            }
            LiteralValue::Number(Number::Float(number)) => {
                read(LiteralValue::Number(Number::Float(-number)))
            }
            LiteralValue::Text(_) => None,
        },
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

/// `name`, without a value.
pub(super) fn flag(argument: &Argument, errors: &mut Errors) -> bool {
    let is_flag = matches!(argument.value, Value::Flag);
    if !is_flag {
        let name = &argument.name;
        errors.at(name, format!("`{name}` takes no value; write `{name}`"));
    }
    is_flag
}

/// The number of `name = 3`, and its place.
pub(super) fn number(argument: &Argument, errors: &mut Errors) -> Option<(Number, Span)> {
    let name = &argument.name;
    let example = if name == "max_bytes" { 1000 } else { 3 };
    let message = format!("`{name}` takes a number; write `{name} = {example}`");
    let Value::Is(value) = &argument.value else {
        errors.at(name, message);
        return None;
    };
    if let Some(Literal {
        value: LiteralValue::Number(number),
        span,
    }) = literal(value)
    {
        return Some((number, span));
    }
    errors.at(value, message);
    None
}

/// The count of `name = 3`, and its place.
pub(super) fn count(argument: &Argument, errors: &mut Errors) -> Option<(usize, Span)> {
    let (number, span) = number(argument, errors)?;
    if let Number::Integer(number) = number
        && let Ok(count) = u32::try_from(number)
    {
        return Some((count as usize, span));
    }
    let name = &argument.name;
    errors.span(span, format!("`{name}` counts; use a whole number from 0"));
    None
}

/// The path of `name = path::to::it`.
pub(super) fn path(argument: &Argument, errors: &mut Errors) -> Option<Path> {
    let name = &argument.name;
    let message = format!("`{name}` takes a path; write `{name} = path::to::it`");
    match &argument.value {
        Value::Is(Expr::Path(ExprPath {
            path, qself: None, ..
        })) => return Some(path.clone()),
        Value::Is(value) => errors.at(value, message),
        Value::Flag | Value::List(_) => errors.at(name, message),
    }
    None
}

/// The literals of `name("a", "b")`.
pub(super) fn literals(argument: &Argument, errors: &mut Errors) -> Option<Vec<Literal>> {
    let name = &argument.name;
    let Value::List(list) = &argument.value else {
        let message = format!("`{name}` takes a list; write `{name}(\"a\", \"b\")`");
        errors.at(name, message);
        return None;
    };
    let values = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.clone());
    let values = errors.keep(values)?;
    if values.is_empty() {
        let message = format!("`{name}` lists nothing, so no value obeys; write `{name}(\"a\")`");
        errors.at(name, message);
        return None;
    }
    let mut literals: Vec<Literal> = Vec::new();
    let mut is_complete = true;
    for value in &values {
        let Some(read) = literal(value) else {
            let message = format!("`{name}` lists texts and numbers; write `{name}(\"a\", \"b\")`");
            errors.at(value, message);
            is_complete = false;
            continue;
        };
        if literals.iter().any(|earlier| earlier.value == read.value) {
            let shown = value.to_token_stream();
            errors.at(value, format!("`{name}` lists `{shown}` twice; remove one"));
            is_complete = false;
        }
        literals.push(read);
    }
    is_complete.then_some(literals)
}
