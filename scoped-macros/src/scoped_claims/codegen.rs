//! From the model to tokens. It cannot fail.

mod claims;
mod mirror;
mod policies;
mod serde_derives;
mod type_checks;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Ident, Lifetime, Type, WherePredicate, parse_quote};

use super::model::{Model, SerdeImpls};
use super::policies::Policies;
use super::type_shape::option_content;

pub(super) fn generate(model: &Model, policies: Option<&Policies>) -> TokenStream {
    let item = match model.serde {
        SerdeImpls::OnStruct { .. } => serde_derives::item(model),
        SerdeImpls::Mirror => mirror::item(model),
        // A derive only adds items.
        SerdeImpls::User => TokenStream::new(),
    };
    let claims = claims::implementation(model);
    let types = type_checks::check(model);
    let clashes = &model.clashes;
    let policies = policies.map(|policies| policies::check(model, policies));
    quote! {
        #item
        #claims
        #types
        #policies
        #(#clashes)*
    }
}

/// The bounds of `Deserialize`: the types of the fields implement it. The needless `for` makes an unsatisfied
/// bound a condition instead of an error, so that a struct need not be `Deserialize`. Fields with `#[cfg]`
/// are left to serde's derive.
fn deserialize_bounds(model: &Model) -> Vec<WherePredicate> {
    let serde = {
        let runtime = &model.runtime;
        quote!(#runtime::__private::serde)
    };
    let de = de_lifetime(model);
    let mut bounds = Vec::new();
    for field in model.fields.iter().filter(|field| field.cfgs.is_empty()) {
        let ty = &field.ty;
        if !can_be_bound(quote!(#ty), &model.item.ident) {
            continue;
        }
        if field.asks.deserialize {
            bounds.push(parse_quote!(for<'__any> #ty: #serde::Deserialize<#de>));
        }
        if field.asks.default {
            bounds.push(parse_quote!(for<'__any> #ty: ::core::default::Default));
        }
    }
    bounds
}

/// Whether the type can be in a bound. A path with `$crate` cannot, because serde takes bounds as strings. A
/// type that contains the struct itself cannot either, because the bound would depend on itself.
fn can_be_bound(ty: TokenStream, own: &Ident) -> bool {
    ty.into_iter().all(|token| match token {
        TokenTree::Ident(ident) => ident != "$crate" && ident != *own,
        TokenTree::Group(group) => can_be_bound(group.stream(), own),
        _ => true,
    })
}

/// The lifetime of the input: serde deserializes `&'static str` from `'static` input.
fn de_lifetime(model: &Model) -> Lifetime {
    let mut read = model.fields.iter().filter(|field| field.asks.is_read);
    let name = if read.any(|field| borrows(&field.ty)) {
        "'static"
    } else {
        "'de"
    };
    Lifetime::new(name, Span::call_site())
}

/// Whether serde borrows the field by its own rule: `&str` and `&[u8]`, also in an `Option`. Lifetimes other
/// than `'static` are refused elsewhere.
fn borrows(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => borrows(&group.elem),
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) => path.path.is_ident("str"),
            Type::Slice(slice) => {
                matches!(&*slice.elem, Type::Path(path) if path.path.is_ident("u8"))
            }
            _ => false,
        },
        ty => option_content(ty).is_some_and(|ty| matches!(ty, Type::Reference(_)) && borrows(ty)),
    }
}

/// The bounds as a string for `#[serde(bound = "...")]`.
fn in_string(bounds: &[WherePredicate]) -> String {
    quote!(#(#bounds),*).to_string()
}
