//! Serde's derives on a second struct with the same fields, for claims in objects, which serde cannot be told
//! about on the first one. The second struct writes each claim under its whole path, and the runtime moves it
//! to its place.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, LitStr, WherePredicate, parse_quote};

use super::super::model::{DefaultValue, Field, Model};
use super::serde_derives::field_arguments;
use super::{can_be_bound, de_lifetime, deserialize_bounds, in_string};

/// The separator between the names of a path. The runtime uses the same one.
const SEPARATOR: &str = "\0";

/// The struct without attributes of serde, and the implementations of its two traits.
pub(super) fn item(model: &Model) -> TokenStream {
    let mut item = model.item.clone();
    let is_ours = |attribute: &syn::Attribute| {
        attribute.path().is_ident("serde") || attribute.path().is_ident("claim")
    };
    item.attrs.retain(|attribute| !is_ours(attribute));
    if let Data::Struct(data) = &mut item.data {
        for field in &mut data.fields {
            field.attrs.retain(|attribute| !is_ours(attribute));
        }
    }
    let mirror = mirror(model);
    let defaults = defaults(model);
    let serialize = serialize(model);
    let deserialize = deserialize(model);
    quote! {
        #item
        #[allow(deprecated, reason = "serde's derives name the struct, which may be")]
        const _: () = {
            #mirror
            #defaults
            #serialize
            #deserialize
        };
    }
}

fn mirror(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let name = model.item.ident.to_string();
    let (serialize, deserialize) = (
        in_string(&serialize_bounds(model)),
        in_string(&deserialize_bounds(model)),
    );
    let crate_path = (!model.names_serde).then(|| {
        let path = LitStr::new(&runtime.in_string("__private::serde"), Span::call_site());
        quote!(crate = #path,)
    });
    let is_renamed = model
        .serde_arguments
        .iter()
        .any(|argument| argument.name == "rename");
    let rename = (!is_renamed).then(|| quote!(rename = #name,));
    let arguments = &model.serde_arguments;
    let generics = &model.item.generics;
    let bounds = &generics.where_clause;
    let fields = model.fields.iter().map(|field| mirror_field(model, field));
    quote! {
        #[allow(warnings, clippy::all, clippy::pedantic, reason = "a copy of the struct, which has said it all")]
        #[derive(#runtime::__private::serde::Serialize, #runtime::__private::serde::Deserialize)]
        #[serde(#crate_path #rename remote = #name, bound(serialize = #serialize, deserialize = #deserialize))]
        #[serde(#(#arguments),*)]
        struct __Mirror #generics #bounds {
            #(#fields,)*
        }
    }
}

fn mirror_field(model: &Model, field: &Field) -> TokenStream {
    let Field { name, ty, cfgs, .. } = field;
    let nested = field.claim.as_ref().filter(|claim| !claim.under.is_empty());
    let own = field.serde_arguments.iter().filter(|argument| {
        nested.is_none() || (argument.name != "rename" && argument.name != "alias")
    });
    let more = field_arguments(model, field, nested.is_none());
    let names = nested.map(|claim| {
        let written = claim.path().join(SEPARATOR);
        let read = read_paths(field);
        // A field that is never read has no such name, and needs none.
        let (name, aliases) = read.split_first().unwrap_or((&written, &[]));
        quote!(rename(serialize = #written, deserialize = #name), #(alias = #aliases,)*)
    });
    let default = matches!(field.default, Some(DefaultValue::Value(_))).then(|| {
        let (_, arguments, _) = model.item.generics.split_for_impl();
        let arguments = arguments.as_turbofish();
        let function = format_ident!("default_{}", name);
        let path = quote!(__Mirror #arguments::#function).to_string();
        quote!(default = #path,)
    });
    quote! {
        #(#cfgs)*
        #[serde(#(#own,)* #more #names #default)]
        #name: #ty
    }
}

/// The paths from which a claim in an object is read.
fn read_paths(field: &Field) -> Vec<String> {
    let names = field.read_names.iter();
    names.map(|place| place.path.join(SEPARATOR)).collect()
}

/// A function for each default that is an expression.
fn defaults(model: &Model) -> TokenStream {
    let (parameters, arguments, bounds) = model.item.generics.split_for_impl();
    let functions = model.fields.iter().filter_map(|field| {
        let Some(DefaultValue::Value(value)) = &field.default else {
            return None;
        };
        let Field { name, ty, cfgs, .. } = field;
        let function = format_ident!("default_{}", name);
        Some(quote! {
            #(#cfgs)*
            fn #function() -> #ty {
                #value
            }
        })
    });
    quote! {
        #[allow(deprecated, non_snake_case, reason = "named after fields, whose types may be deprecated")]
        impl #parameters __Mirror #arguments #bounds {
            #(#functions)*
        }
    }
}

/// The bounds of the mirror on types that depend on the parameters of the struct.
fn serialize_bounds(model: &Model) -> Vec<WherePredicate> {
    let runtime = &model.runtime;
    let fields = model.fields.iter().filter(|field| {
        let ty = &field.ty;
        let is_general = !field.is_plain && can_be_bound(quote!(#ty), &model.item.ident);
        field.asks.serialize && is_general && field.cfgs.is_empty()
    });
    fields
        .map(|field| {
            let ty = &field.ty;
            parse_quote!(#ty: #runtime::__private::serde::Serialize)
        })
        .collect()
}

fn serialize(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let name = &model.item.ident;
    let mut generics = model.item.generics.clone();
    generics
        .make_where_clause()
        .predicates
        .extend(serialize_bounds(model));
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let turbofish = arguments.as_turbofish();
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "whether the struct or a field is")]
        impl #parameters #private::serde::Serialize for #name #arguments #bounds {
            fn serialize<__S: #private::serde::Serializer>(
                &self,
                __scoped_serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #private::serialize_nested(
                    __Mirror #turbofish::serialize(self, #private::ToJson::ROOT),
                    __scoped_serializer,
                )
            }
        }
    }
}

fn deserialize(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let name = &model.item.ident;
    let mut generics = model.item.generics.clone();
    generics
        .make_where_clause()
        .predicates
        .extend(deserialize_bounds(model));
    let (_, arguments, bounds) = generics.split_for_impl();
    let turbofish = arguments.as_turbofish();
    let mut borrowing = generics.clone();
    let de = de_lifetime(model);
    if de.ident == "de" {
        borrowing.params.insert(0, parse_quote!('de));
    }
    let (parameters, ..) = borrowing.split_for_impl();
    let paths = model.fields.iter().filter_map(|field| {
        field
            .claim
            .as_ref()
            .filter(|claim| !claim.under.is_empty())?;
        let (cfgs, paths) = (&field.cfgs, read_paths(field));
        let paths = paths.into_iter().map(|path| quote!(#(#cfgs)* #path,));
        Some(quote!(#(#paths)*))
    });
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "whether the struct or a field is")]
        impl #parameters #private::serde::Deserialize<#de> for #name #arguments #bounds {
            fn deserialize<__D: #private::serde::Deserializer<#de>>(
                __scoped_deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #private::deserialize_nested(
                    __scoped_deserializer,
                    &[#(#paths)*],
                    |__scoped_value| __Mirror #turbofish::deserialize(__scoped_value),
                )
            }
        }
    }
}
