//! Serde's derives on the struct itself.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Data, LitStr, parse_quote};

use super::super::model::{DefaultValue, Field, Model, SerdeImpls};
use super::{deserialize_bounds, in_string};

/// The struct, with the attributes that serde needs.
pub(super) fn item(model: &Model) -> TokenStream {
    let mut item = model.item.clone();
    // Serde's attributes must come after the derive that reads them, and other macros that change the fields
    // must have run before it.
    let place = item.attrs.iter().position(|attribute| {
        attribute.path().is_ident("serde") || attribute.path().is_ident("derive")
    });
    let place = place.unwrap_or(item.attrs.len());
    item.attrs.splice(place..place, derive(model));
    if let Data::Struct(data) = &mut item.data {
        for (field, model_field) in data.fields.iter_mut().zip(&model.fields) {
            field
                .attrs
                .retain(|attribute| !attribute.path().is_ident("claim"));
            let arguments = field_arguments(model, model_field, true);
            if !arguments.is_empty() {
                field.attrs.push(parse_quote!(#[serde(#arguments)]));
            }
        }
    }
    item.into_token_stream()
}

fn derive(model: &Model) -> Vec<Attribute> {
    let SerdeImpls::OnStruct {
        serialize,
        deserialize,
    } = model.serde
    else {
        return Vec::new();
    };
    let runtime = &model.runtime;
    let mut attributes = Vec::new();
    if serialize {
        attributes.push(parse_quote!(#[derive(#runtime::__private::serde::Serialize)]));
    }
    if deserialize {
        attributes.push(parse_quote!(#[derive(#runtime::__private::serde::Deserialize)]));
        if model.bound_deserialize {
            let bounds = in_string(&deserialize_bounds(model));
            attributes.push(parse_quote!(#[serde(bound(deserialize = #bounds))]));
        }
    }
    if (serialize || deserialize) && !model.names_serde {
        let serde = LitStr::new(&runtime.in_string("__private::serde"), Span::call_site());
        attributes.push(parse_quote!(#[serde(crate = #serde)]));
    }
    attributes
}

/// The arguments for serde in addition to the user's own; with the name, if it can be told on the struct
/// itself.
pub(super) fn field_arguments(model: &Model, field: &Field, with_name: bool) -> TokenStream {
    let rename = field.rename.as_ref().filter(|_| with_name).map(|rename| {
        let name = &rename.name;
        if rename.only_serialize {
            quote!(rename(serialize = #name),)
        } else {
            quote!(rename = #name,)
        }
    });
    let skip_none = field
        .skip_none
        .then(|| quote!(skip_serializing_if = "::core::option::Option::is_none",));
    let skip = field.skip.then(|| quote!(skip,));
    let default = matches!(field.default, Some(DefaultValue::OfType)).then(|| quote!(default,));
    let writes = !matches!(
        model.serde,
        SerdeImpls::User
            | SerdeImpls::OnStruct {
                serialize: false,
                ..
            }
    );
    let explained = writes && field.is_plain && field.claim.is_some();
    // A type that serde cannot serialise is reported where it is written.
    let serialize_with = explained.then(|| {
        let ty = field.ty.to_token_stream();
        let function = model.runtime.in_string("__private::serialize_value");
        let function = LitStr::new(&format!("{function}::<{ty}, _>"), field.ty.span());
        quote!(serialize_with = #function,)
    });
    quote!(#rename #skip_none #skip #default #serialize_with)
}
