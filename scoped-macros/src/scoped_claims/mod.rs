//! `#[scoped_claims]`: a struct whose fields are claims.

mod argument_value;
mod arguments;
mod check;
mod claim_arguments;
mod claim_paths;
mod codegen;
mod constraint;
mod deserialize_names;
mod fallback;
mod field;
mod model;
mod parse;
mod policies;
mod rename_rule;
mod serde_attributes;
mod struct_arguments;
mod type_shape;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Item};

use self::model::Model;
use self::policies::Policies;
use self::struct_arguments::StructArguments;
use crate::support::errors::Errors;

/// Expands the attribute: the struct, serde's traits for it, and its claims.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = arguments::read(arguments, &mut errors);
    let options = struct_arguments::read(&arguments, &mut errors);

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
    let runtime = options.runtime.clone();
    let model = model(&input, options, false, &mut errors);
    match (model, errors.finish(())) {
        (Some((model, policies)), Ok(())) => codegen::generate(&model, policies.as_ref()),
        (_, result) => {
            let stand_in = fallback::stand_in(input, runtime.as_ref());
            let messages = result.err();
            quote!(#stand_in #messages)
        }
    }
}

/// Expands the derive: the claims of a struct that derives serde's traits itself.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let arguments = parse::derive_arguments(&input, &mut errors);
    let options = struct_arguments::read(&arguments, &mut errors);
    let runtime = options.runtime.clone();
    let model = model(&input, options, true, &mut errors);
    match (model, errors.finish(())) {
        (Some((model, policies)), Ok(())) => codegen::generate(&model, policies.as_ref()),
        (_, result) => {
            let stand_in = fallback::claims_only(&input, runtime.as_ref());
            let messages = result.err();
            quote!(#stand_in #messages)
        }
    }
}

fn model(
    input: &DeriveInput,
    options: StructArguments,
    is_derive: bool,
    errors: &mut Errors,
) -> Option<(Model, Option<Policies>)> {
    let policies = options.policies.clone();
    let written = parse::item(input.clone(), errors)?;
    let model = check::item(written, options, is_derive, errors);
    let policies = policies.map(|written| policies::check(&written, &model, errors));
    Some((model, policies))
}
