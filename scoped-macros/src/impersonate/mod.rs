//! `#[impersonate]`: a function that acts as one of the project's users, or as several.

mod attribute_order;
mod check;
mod codegen;
mod fallback;
mod future;
mod model;
mod parse;

use proc_macro2::TokenStream;

use crate::support::errors::Errors;

/// The function with statements that make its clients. If there is a mistake, the function without them, and
/// the errors.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if attribute_order::is_below_debug_handler() {
        // The function keeps the parameter, so that the only errors are those of `debug_handler`, which say what
        // to do.
        return fallback::without_markers(item);
    }
    let mut errors = Errors::default();
    let Ok(function) = syn::parse2(item.clone()) else {
        return fallback::item(item);
    };
    let mut written = parse::written(arguments, function, &mut errors);
    let model = check::check(&mut written, &mut errors);
    let clients = written.clients.iter().map(|client| &client.parameter);
    match errors.finish(model) {
        Ok(Some(model)) => codegen::generate(&model),
        Ok(None) => fallback::function(&written.function, clients, &[]),
        Err(errors) => {
            let values = check::usable(&written);
            let function = fallback::function(&written.function, clients, &values);
            quote::quote!(#function #errors)
        }
    }
}
