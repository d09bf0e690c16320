//! `#[impersonate]`: a function that acts as one of the project's users.

mod check;
mod codegen;
mod fallback;
mod model;
mod parse;

use proc_macro2::TokenStream;

use crate::support::errors::Errors;

/// The function with its client made first; on any mistake a function without one, and the errors.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Ok(function) = syn::parse2(item.clone()) else {
        return fallback::item(item);
    };
    let mut written = parse::written(arguments, function, &mut errors);
    let model = check::check(&mut written, &mut errors);
    match errors.finish(model) {
        Ok(Some(model)) => codegen::generate(&model),
        Ok(None) => fallback::function(&written.function, &written.clients, &[]),
        Err(errors) => {
            let function = fallback::function(
                &written.function,
                &written.clients,
                &check::usable(&written),
            );
            quote::quote!(#function #errors)
        }
    }
}
