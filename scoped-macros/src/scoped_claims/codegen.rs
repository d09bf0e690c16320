//! From the model to tokens. Nothing can fail here.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, LitStr, parse_quote};

use super::model::{Clash, Field, Model};

pub(super) fn generate(model: &Model) -> TokenStream {
    let item = item(model);
    let claims = claims(model);
    let clashes = model.clashes.iter().map(clash);
    quote! {
        #item
        #claims
        #(#clashes)*
    }
}

/// The struct, with what serde has to know.
fn item(model: &Model) -> DeriveInput {
    let mut item = model.item.clone();
    if model.derive_serialize {
        // Serde's attributes must stand below the derive that reads them, and other macros that
        // rewrite the fields must have run before it.
        let place = item.attrs.iter().position(|attribute| {
            attribute.path().is_ident("serde") || attribute.path().is_ident("derive")
        });
        let place = place.unwrap_or(item.attrs.len());
        item.attrs.splice(place..place, derive(model));
    }
    if let Data::Struct(data) = &mut item.data {
        for (field, model) in data.fields.iter_mut().zip(&model.fields) {
            field
                .attrs
                .retain(|attribute| !attribute.path().is_ident("claim"));
            field.attrs.extend(serde_attribute(model));
        }
    }
    item
}

fn derive(model: &Model) -> Vec<Attribute> {
    let runtime = &model.runtime;
    let mut attributes = vec![parse_quote!(#[derive(#runtime::__private::serde::Serialize)])];
    if model.name_serde {
        let serde = LitStr::new(&runtime.in_string("__private::serde"), Span::call_site());
        attributes.push(parse_quote!(#[serde(crate = #serde)]));
    }
    attributes
}

fn serde_attribute(field: &Field) -> Option<Attribute> {
    let rename = field.rename.as_ref().map(|rename| {
        let name = &rename.name;
        if rename.only_serialize {
            quote!(rename(serialize = #name),)
        } else {
            quote!(rename = #name,)
        }
    });
    let skip = field
        .skip_none
        .then(|| quote!(skip_serializing_if = "::core::option::Option::is_none",));
    (rename.is_some() || skip.is_some()).then(|| parse_quote!(#[serde(#rename #skip)]))
}

/// The implementation of `ScopedClaims`.
fn claims(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let name = &model.item.ident;
    let mut generics = model.item.generics.clone();
    if !generics.params.is_empty() {
        // Whatever serde asks of the parameters, which `#[serde(bound)]` can change.
        generics.make_where_clause().predicates.push(parse_quote! {
            Self: #runtime::__private::serde::Serialize
                + ::core::marker::Send
                + ::core::marker::Sync
                + 'static
        });
    }
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let claims = model
        .fields
        .iter()
        .filter_map(|field| field.claim.as_ref())
        .map(|claim| {
            let cfgs = &claim.cfgs;
            let name = &claim.name;
            quote!(#(#cfgs)* #runtime::__private::Claim::new(#name),)
        });
    quote! {
        #[automatically_derived]
        impl #parameters #runtime::ScopedClaims for #name #arguments #bounds {
            const CLAIMS: &'static [#runtime::__private::Claim] = &[#(#claims)*];
        }
    }
}

/// An error if both fields exist.
fn clash(clash: &Clash) -> TokenStream {
    let Clash {
        cfgs,
        span,
        message,
    } = clash;
    quote_spanned! {*span=>
        #(#cfgs)*
        ::core::compile_error! { #message }
    }
}
