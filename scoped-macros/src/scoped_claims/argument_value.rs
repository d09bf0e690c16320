//! The values of arguments. A wrong value is reported with what to write instead.

use proc_macro2::Span;
use quote::ToTokens;
use scoped_rules::constraint::{Literal, Number};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Lit, Path, Token, UnOp};

use super::arguments::{Argument, Value};
use crate::support::errors::Errors;

/// A text or number in a constraint, and where it is written.
#[derive(Clone)]
pub(super) struct WrittenLiteral {
    pub(super) value: Literal<String>,
    pub(super) span: Span,
}

impl std::fmt::Display for WrittenLiteral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            Literal::Text(text) => write!(f, "\"{}\"", text.escape_debug()),
            Literal::Number(number) => number.fmt(f),
        }
    }
}

/// The literal that the expression is.
pub(super) fn literal(value: &Expr) -> Option<WrittenLiteral> {
    let span = syn::spanned::Spanned::span(value);
    let read = |value| Some(WrittenLiteral { value, span });
    match value {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(text) => read(Literal::Text(text.value())),
            Lit::Int(number) => {
                let number = number.base10_parse().ok()?;
                read(Literal::Number(Number::Integer(number)))
            }
            Lit::Float(number) => {
                let number = number.base10_parse().ok()?;
                read(Literal::Number(Number::Float(number)))
            }
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match literal(expr)?.value {
            Literal::Number(Number::Integer(number)) => {
                read(Literal::Number(Number::Integer(-number)))
            }
            Literal::Number(Number::Float(number)) => read(Literal::Number(Number::Float(-number))),
            Literal::Text(_) => None,
        },
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

/// Reads `name` without a value.
pub(super) fn flag(argument: &Argument, errors: &mut Errors) -> bool {
    let is_flag = matches!(argument.value, Value::Flag);
    if !is_flag {
        let name = &argument.name;
        errors.at(name, format!("`{name}` takes no value; write `{name}`"));
    }
    is_flag
}

/// The number of `name = 3`, and its span.
pub(super) fn number(argument: &Argument, errors: &mut Errors) -> Option<(Number, Span)> {
    let name = &argument.name;
    let example = if name == "max_bytes" { 1000 } else { 3 };
    let message = format!("`{name}` takes a number; write `{name} = {example}`");
    let Value::Is(value) = &argument.value else {
        errors.at(name, message);
        return None;
    };
    if let Some(WrittenLiteral {
        value: Literal::Number(number),
        span,
    }) = literal(value)
    {
        return Some((number, span));
    }
    errors.at(value, message);
    None
}

/// The count of `name = 3`, and its span.
pub(super) fn count(argument: &Argument, errors: &mut Errors) -> Option<(usize, Span)> {
    let (number, span) = number(argument, errors)?;
    if let Number::Integer(number) = number
        && let Ok(count) = u32::try_from(number)
    {
        return Some((count as usize, span));
    }
    let name = &argument.name;
    errors.span(
        span,
        format!("`{name}` takes a count; use a whole number from 0"),
    );
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
pub(super) fn literals(argument: &Argument, errors: &mut Errors) -> Option<Vec<WrittenLiteral>> {
    let name = &argument.name;
    let Value::List(list) = &argument.value else {
        let message = format!("`{name}` takes a list; write `{name}(\"a\", \"b\")`");
        errors.at(name, message);
        return None;
    };
    let values = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.clone());
    let values = errors.keep(values)?;
    if values.is_empty() {
        let message = format!(
            "`{name}` lists no values, so that no value satisfies it; write `{name}(\"a\")`"
        );
        errors.at(name, message);
        return None;
    }
    let mut literals: Vec<WrittenLiteral> = Vec::new();
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
