//! The macros of `scoped-runtime`: [`macro@scoped_claims`], [`macro@impersonate`] and the derive
//! [`macro@ScopedClaims`]. Depend on `scoped-runtime`, which re-exports them.
#![cfg_attr(docsrs, feature(doc_cfg))]

// The examples in the documentation use `scoped-runtime`. As a dev-dependency of this crate, the runtime and its
// dependencies would be built a second time, for the host. `tests/src/macro_examples.rs` compiles the examples instead.

mod impersonate;
mod scoped_claims;
mod support;

use proc_macro::TokenStream;

#[cfg_attr(not(doctest), doc = include_str!("scoped_claims/attribute.md"))]
#[proc_macro_attribute]
pub fn scoped_claims(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_claims::expand(arguments.into(), item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("impersonate/attribute.md"))]
#[proc_macro_attribute]
pub fn impersonate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    impersonate::expand(arguments.into(), item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("scoped_claims/derive.md"))]
#[proc_macro_derive(ScopedClaims, attributes(claims, claim, serde))]
pub fn derive_scoped_claims(item: TokenStream) -> TokenStream {
    scoped_claims::derive(item.into()).into()
}
