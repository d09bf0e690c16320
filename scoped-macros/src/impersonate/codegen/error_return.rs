use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{GenericArgument, PathArguments, Type};

use super::super::model::{FunctionKind, Model};
use crate::support::errors::ends;

/// Returns `__scoped_error`. If the function cannot return it, the compiler reports that in the return type.
pub(super) fn error_return(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let Some(output) = &model.output else {
        let error = quote_spanned!(Span::mixed_site()=> __scoped_error);
        return quote! {
            return ::core::result::Result::Err(::core::convert::From::from(#error))
        };
    };
    if model.kind != FunctionKind::Future
        && let Some(carrier) = error_type(output)
    {
        let (first, last) = ends(carrier);
        let from = quote_spanned!(first=> ::core::convert::From::);
        let from_end = quote_spanned!(last=> from(__scoped_error));
        return quote!(return ::core::result::Result::Err(#from #from_end));
    }
    // In an async block this also fixes the type of its other returns, so that a mistake in the body is
    // reported in the body.
    let error = quote_spanned!(Span::mixed_site()=> __scoped_error);
    quote!(return <#output as #runtime::__private::Fallible>::failed(#error))
}

/// The `E` of `Result<T, E>`.
fn error_type(output: &Type) -> Option<&Type> {
    let Type::Path(path) = output else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Result" => {
            match arguments.args.iter().nth(1)? {
                GenericArgument::Type(error) => Some(error),
                _ => None,
            }
        }
        _ => None,
    }
}
