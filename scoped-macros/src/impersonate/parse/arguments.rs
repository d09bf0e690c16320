use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Token};

use crate::support::errors::Errors;

/// The arguments of `#[impersonate(...)]` or `#[scoped(...)]`.
#[derive(Default)]
pub(in crate::impersonate) struct Arguments {
    pub(in crate::impersonate) list: Vec<Argument>,
    /// Whether an argument has no name. The mistake is reported already.
    pub(in crate::impersonate) has_nameless: bool,
}

/// `name = value`.
pub(in crate::impersonate) struct Argument {
    pub(in crate::impersonate) name: Ident,
    pub(in crate::impersonate) value: Value,
}

pub(in crate::impersonate) enum Value {
    Given(Expr),
    /// The argument is only a name.
    Missing,
    /// The value is not an expression. The mistake is reported already.
    Broken,
}

impl Arguments {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                arguments.parse_one(input, errors)?;
            }
            Ok(())
        };
        let parsed = parser.parse2(tokens);
        errors.keep(parsed);
        arguments
    }

    /// The first value with this name.
    pub(in crate::impersonate) fn value(&self, name: &str) -> Option<&Expr> {
        let argument = self.list.iter().find(|argument| argument.name == name)?;
        argument.value.given()
    }

    fn parse_one(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        if input.peek(Ident::peek_any) {
            let name = input.call(Ident::parse_any)?;
            let value = parse_value(input, errors);
            self.list.push(Argument { name, value });
        } else {
            self.has_nameless = true;
            errors.keep::<()>(Err(
                input.error("expected an argument such as `user = job.user_id`")
            ));
            skip(input);
        }
        if input.parse::<Option<Token![,]>>()?.is_none() && !input.is_empty() {
            errors.keep::<()>(Err(input.error("expected `,` between two arguments")));
            if !(input.peek(Ident::peek_any) && input.peek2(Token![=])) {
                skip(input);
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    }
}

impl Value {
    pub(in crate::impersonate) fn given(&self) -> Option<&Expr> {
        match self {
            Self::Given(value) => Some(value),
            Self::Missing | Self::Broken => None,
        }
    }
}

fn parse_value(input: ParseStream<'_>, errors: &mut Errors) -> Value {
    let equals = matches!(input.parse::<Option<Token![=]>>(), Ok(Some(_)));
    if !equals || input.is_empty() || input.peek(Token![,]) {
        skip(input);
        return Value::Missing;
    }
    let Some(value) = errors.keep(input.parse()) else {
        skip(input);
        return Value::Broken;
    };
    Value::Given(value)
}

/// Skips to the next comma, so that later arguments are still read.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}
