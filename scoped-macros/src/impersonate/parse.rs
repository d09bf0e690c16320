//! What was written, right or wrong.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, FnArg, Ident, PatType, Token};

use crate::support::errors::Errors;
use crate::support::function::Function;

/// The attribute and its function.
pub(super) struct Written {
    pub(super) arguments: Vec<Argument>,
    /// Whether something stands where an argument's name should; reported already.
    pub(super) has_nameless: bool,
    /// Without the marked parameters and without any marker.
    pub(super) function: Function,
    /// The parameters that were marked, without their markers.
    pub(super) clients: Vec<PatType>,
    /// The markers of `clients`.
    pub(super) markers: Vec<Attribute>,
    /// Markers on `self`.
    pub(super) markers_on_self: Vec<Attribute>,
}

/// `name = value`.
pub(super) struct Argument {
    pub(super) name: Ident,
    pub(super) value: Value,
}

pub(super) enum Value {
    Given(Expr),
    /// Only the name stands there.
    Missing,
    /// No expression; reported already.
    Broken,
}

impl Written {
    /// The first value that was given under this name.
    pub(super) fn value(&self, name: &str) -> Option<&Expr> {
        let argument = self
            .arguments
            .iter()
            .find(|argument| argument.name == name)?;
        match &argument.value {
            Value::Given(value) => Some(value),
            Value::Missing | Value::Broken => None,
        }
    }
}

pub(super) fn written(
    arguments: TokenStream,
    mut function: Function,
    errors: &mut Errors,
) -> Written {
    let mut has_nameless = false;
    let mut written = Written {
        arguments: parse_arguments(arguments, &mut has_nameless, errors),
        has_nameless,
        clients: Vec::new(),
        markers: Vec::new(),
        markers_on_self: Vec::new(),
        function: function.clone(),
    };
    let inputs = std::mem::take(&mut function.signature.inputs);
    for mut input in inputs {
        match &mut input {
            FnArg::Receiver(receiver) => {
                written
                    .markers_on_self
                    .extend(take_markers(&mut receiver.attrs));
                function.signature.inputs.push(input);
            }
            FnArg::Typed(parameter) => {
                let markers = take_markers(&mut parameter.attrs);
                if markers.is_empty() {
                    function.signature.inputs.push(input);
                } else {
                    written.clients.push(parameter.clone());
                    written.markers.extend(markers);
                }
            }
        }
    }
    written.function = function;
    written
}

fn take_markers(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    let is_marker = |attribute: &mut Attribute| attribute.path().is_ident("scoped");
    attributes.extract_if(.., is_marker).collect()
}

fn parse_arguments(
    tokens: TokenStream,
    has_nameless: &mut bool,
    errors: &mut Errors,
) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if input.peek(Ident::peek_any) {
                let name = input.call(Ident::parse_any)?;
                let value = parse_value(input, errors);
                arguments.push(Argument { name, value });
            } else {
                *has_nameless = true;
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
        }
        Ok(())
    };
    let parsed = parser.parse2(tokens);
    errors.keep(parsed);
    arguments
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

/// On to the next comma, so that later arguments are still read.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}
