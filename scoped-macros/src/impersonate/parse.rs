//! The attribute and its function as they are written, with or without mistakes.

mod arguments;

pub(super) use arguments::{Arguments, Value};

use proc_macro2::TokenStream;
use syn::{Attribute, FnArg, Meta, PatType};

use crate::support::errors::Errors;
use crate::support::function::Function;

/// The attribute and its function.
pub(super) struct WrittenFunction {
    pub(super) arguments: Arguments,
    /// The function without the marked parameters.
    pub(super) function: Function,
    /// The parameters with `#[scoped]`.
    pub(super) clients: Vec<WrittenClient>,
    /// The `#[scoped]` attributes on `self`.
    pub(super) markers_on_self: Vec<Attribute>,
}

/// A parameter with `#[scoped]`.
pub(super) struct WrittenClient {
    /// The parameter without `#[scoped]`.
    pub(super) parameter: PatType,
    /// The arguments of `#[scoped(...)]`.
    pub(super) arguments: Arguments,
}

pub(super) fn written(
    arguments: TokenStream,
    mut function: Function,
    errors: &mut Errors,
) -> WrittenFunction {
    let arguments = Arguments::parse(arguments, errors);
    let (mut clients, mut markers_on_self) = (Vec::new(), Vec::new());
    let inputs = std::mem::take(&mut function.signature.inputs);
    for mut input in inputs {
        let markers = match &mut input {
            FnArg::Receiver(receiver) => {
                markers_on_self.extend(take_markers(&mut receiver.attrs));
                Vec::new()
            }
            FnArg::Typed(parameter) => take_markers(&mut parameter.attrs),
        };
        match input {
            FnArg::Typed(parameter) if !markers.is_empty() => clients.push(WrittenClient {
                parameter,
                arguments: of_markers(markers, errors),
            }),
            input => function.signature.inputs.push(input),
        }
    }
    WrittenFunction {
        arguments,
        function,
        clients,
        markers_on_self,
    }
}

fn take_markers(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    let is_marker = |attribute: &mut Attribute| attribute.path().is_ident("scoped");
    attributes.extract_if(.., is_marker).collect()
}

fn of_markers(markers: Vec<Attribute>, errors: &mut Errors) -> Arguments {
    for second in markers.iter().skip(1) {
        errors.at(second, "`#[scoped]` is there twice; remove one");
    }
    match markers.into_iter().next().map(|marker| marker.meta) {
        Some(Meta::List(list)) => Arguments::parse(list.tokens, errors),
        Some(Meta::NameValue(meta)) => {
            let message =
                "`#[scoped]` takes arguments in parentheses; write `#[scoped(user = ...)]`";
            errors.at(meta, message);
            Arguments::default()
        }
        Some(Meta::Path(_)) | None => Arguments::default(),
    }
}
