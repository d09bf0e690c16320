//! The syntax of the arguments of all attributes: `name`, `name = value`, `name(...)`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Token, parenthesized};

use crate::support::errors::Errors;

/// The arguments of all attributes with one name.
pub(super) struct Arguments {
    pub(super) list: Vec<Argument>,
    /// Whether all arguments could be read, so that an argument that is not in the list was not written.
    pub(super) complete: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            complete: true,
        }
    }
}

impl Arguments {
    /// The arguments of an attribute with the wrong form.
    pub(super) const UNREADABLE: Self = Self {
        list: Vec::new(),
        complete: false,
    };

    pub(super) fn append(&mut self, more: Self) {
        self.list.extend(more.list);
        self.complete &= more.complete;
    }
}

/// One argument of an attribute.
#[derive(Clone)]
pub(super) struct Argument {
    pub(super) name: Ident,
    pub(super) value: Value,
}

#[derive(Clone)]
pub(super) enum Value {
    /// `name`, or the unfinished `name =`.
    Flag,
    /// `name = value`.
    Is(Expr),
    /// `name(arguments)`.
    List(TokenStream),
}

/// Reads the arguments of one attribute. An argument that cannot be read is reported, and the next one is
/// tried.
pub(super) fn read(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let list = |input: ParseStream| {
        let mut arguments = Arguments::default();
        while !input.is_empty() {
            if let Some(argument) = errors.keep(input.parse()) {
                arguments.list.push(argument);
            } else {
                arguments.complete = false;
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    };
    let result = list.parse2(tokens);
    errors.keep(result).unwrap_or(Arguments::UNREADABLE)
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = &self.name;
        tokens.extend(match &self.value {
            Value::Flag => quote!(#name),
            Value::Is(value) => quote!(#name = #value),
            Value::List(list) => quote!(#name(#list)),
        });
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("an argument begins with its name; write `name = ...`"));
        }
        let name = Ident::parse_any(input)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                Value::Flag
            } else {
                Value::Is(ungroup(input.parse()?))
            }
        } else if input.peek(syn::token::Paren) {
            let inside;
            parenthesized!(inside in input);
            Value::List(inside.parse()?)
        } else {
            Value::Flag
        };
        if input.is_empty() || input.peek(Token![,]) {
            Ok(Self { name, value })
        } else if input.peek(Token![:]) {
            let message = format!("`{name}` takes its value after `=`; write `{name} = ...`");
            Err(input.error(message))
        } else {
            Err(input.error("expected a comma between two arguments"))
        }
    }
}

/// Removes the invisible group around a `$name:literal` of a macro.
pub(super) fn ungroup(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => ungroup(*group.expr),
        value => value,
    }
}

/// The string of `name = "..."`.
pub(super) fn text(argument: &Argument, errors: &mut Errors) -> Option<LitStr> {
    let name = &argument.name;
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => return Some(text.clone()),
        // A word without quotes is what the quotes should contain.
        Value::Is(
            value @ Expr::Path(ExprPath {
                path, qself: None, ..
            }),
        ) => {
            let word = path.to_token_stream().to_string().replace(' ', "");
            errors.at(
                value,
                format!("`{name}` takes a string; write `{name} = \"{word}\"`"),
            );
        }
        Value::Is(value) => {
            errors.at(
                value,
                format!("`{name}` takes a string; write `{name} = \"...\"`"),
            );
        }
        Value::Flag | Value::List(_) => {
            errors.at(
                name,
                format!("`{name}` has no value; write `{name} = \"...\"`"),
            );
        }
    }
    None
}

pub(super) fn refuse_repeat(name: &Ident, errors: &mut Errors) {
    errors.at(
        name,
        format!("argument `{name}` is given twice; remove one"),
    );
}
