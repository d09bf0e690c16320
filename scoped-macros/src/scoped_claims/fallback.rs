//! The output for a struct with mistakes, so that one mistake causes one message: its fields can be completed
//! and constructed, and it implements every trait that it should.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Meta, Path, Token, parse_quote};

use crate::support::crate_path::CratePath;

/// The item without serde and without helper attributes, and stand-ins for the implementations that this
/// removes.
pub(super) fn stand_in(mut item: DeriveInput, runtime: Option<&CratePath>) -> TokenStream {
    remove_serde_derives(&mut item.attrs);
    strip(&mut item.attrs);
    match &mut item.data {
        Data::Struct(data) => strip_fields(data.fields.iter_mut()),
        Data::Union(data) => strip_fields(data.fields.named.iter_mut()),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                strip(&mut variant.attrs);
                strip_fields(variant.fields.iter_mut());
            }
        }
    }
    let impls = runtime.map(|runtime| {
        let claims = claims(&item, runtime);
        let serde = serde(&item, runtime);
        quote!(#claims #serde)
    });
    quote!(#item #impls)
}

fn strip_fields<'a>(fields: impl Iterator<Item = &'a mut Field>) {
    for field in fields {
        strip(&mut field.attrs);
    }
}

/// Removes attributes that the compiler does not know or would report again.
fn strip(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| match attribute.path() {
        path if path.is_ident("cfg_attr") => {
            let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
            let metas = attribute.parse_args_with(metas).unwrap_or_default();
            let is_ours = |path: &Path| is_helper(path) || path.is_ident("cfg_attr");
            !metas.iter().skip(1).any(|meta| is_ours(meta.path()))
        }
        path => !is_helper(path),
    });
}

fn is_helper(path: &Path) -> bool {
    path.is_ident("claim")
        || path.is_ident("serde")
        || path
            .segments
            .last()
            .is_some_and(|last| last.ident == "scoped_claims")
}

/// The stand-in of a derive, which does not output the item.
pub(super) fn claims_only(item: &DeriveInput, runtime: Option<&CratePath>) -> TokenStream {
    runtime.map_or_else(TokenStream::new, |runtime| claims(item, runtime))
}

/// Removes serde's derives, which would report the same mistakes again.
fn remove_serde_derives(attributes: &mut [Attribute]) {
    for attribute in attributes
        .iter_mut()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let paths = Punctuated::<Path, Token![,]>::parse_terminated;
        let Ok(paths) = attribute.parse_args_with(paths) else {
            continue;
        };
        let kept = paths.into_iter().filter(|path| {
            let last = path.segments.last().map(|last| &last.ident);
            last.is_none_or(|last| last != "Deserialize" && last != "Serialize")
        });
        let kept: Vec<Path> = kept.collect();
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}

fn claims(item: &DeriveInput, runtime: &CratePath) -> TokenStream {
    let name = &item.ident;
    let mut owned = item.generics.clone();
    if !owned.params.is_empty() {
        owned.make_where_clause().predicates.push(parse_quote! {
            Self: #runtime::__private::serde::Serialize
                + ::core::marker::Send
                + ::core::marker::Sync
                + 'static
        });
    }
    let (parameters, arguments, bounds) = owned.split_for_impl();
    quote! {
        impl #parameters #runtime::ScopedClaims for #name #arguments #bounds {
            const CLAIMS: &'static [#runtime::__private::Claim] = &[];
        }
    }
}

fn serde(item: &DeriveInput, runtime: &CratePath) -> TokenStream {
    let serde = quote!(#runtime::__private::serde);
    let name = &item.ident;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    let mut borrowing = item.generics.clone();
    borrowing.params.insert(0, parse_quote!('__de));
    let (de_parameters, ..) = borrowing.split_for_impl();
    quote! {
        impl #parameters #serde::Serialize for #name #arguments #bounds {
            fn serialize<__S: #serde::Serializer>(
                &self,
                _: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                ::core::unreachable!()
            }
        }
        impl #de_parameters #serde::Deserialize<'__de> for #name #arguments #bounds {
            fn deserialize<__D: #serde::Deserializer<'__de>>(
                _: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                ::core::unreachable!()
            }
        }
    }
}
