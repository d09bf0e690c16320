use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Attribute;

/// An error about items that contradict each other if all of them exist, which only the compiler knows.
pub(crate) struct ConditionalError {
    /// The `#[cfg]` attributes of the items.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) span: Span,
    pub(crate) message: String,
}

impl ToTokens for ConditionalError {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            cfgs,
            span,
            message,
        } = self;
        tokens.extend(quote_spanned! {*span=>
            #(#cfgs)*
            ::core::compile_error! { #message }
        });
    }
}
