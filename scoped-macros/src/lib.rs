//! The attributes of `scoped-runtime`. Depend on that crate; it re-exports both.

mod impersonate;
mod scoped_claims;
mod support;

use proc_macro::TokenStream;

/// (rustdoc to be written by the author of `scoped_claims`)
#[proc_macro_attribute]
pub fn scoped_claims(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_claims::expand(arguments.into(), item.into()).into()
}

/// (rustdoc to be written by the author of `impersonate`)
#[proc_macro_attribute]
pub fn impersonate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    impersonate::expand(arguments.into(), item.into()).into()
}
