//! `#[scoped_claims]`: a struct whose fields are claims.

mod arguments;
mod check;
mod codegen;
mod fallback;
mod model;
mod parse;
mod rename_rule;
mod serde_attributes;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Item};

use crate::support::errors::Errors;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = arguments::read(arguments, &mut errors);
    let runtime = check::arguments(&arguments, &mut errors);

    let input = match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(input) => input,
        Err(error) => {
            if syn::parse2::<Item>(item.clone()).is_ok() {
                let message = "`#[scoped_claims]` belongs on a struct, whose fields are the claims";
                errors.span(Span::call_site(), message);
            } else {
                errors.keep::<()>(Err(error));
            }
            let mut output = item;
            output.extend(errors.finish(()).err());
            return output;
        }
    };
    let model = parse::item(input.clone(), &mut errors)
        .map(|written| check::item(written, runtime.clone().unwrap_or_default(), &mut errors));
    match (model, errors.finish(())) {
        (Some(model), Ok(())) => codegen::generate(&model),
        (_, result) => {
            let stand_in = fallback::stand_in(input, runtime.as_ref());
            let messages = result.err();
            quote!(#stand_in #messages)
        }
    }
}
