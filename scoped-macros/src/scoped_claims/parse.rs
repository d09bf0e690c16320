//! The struct and the arguments of its attributes as they are written, before any check.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, Meta, Path, Token};

use super::arguments::{self, Arguments};
use crate::support::errors::Errors;

/// A struct with named fields.
pub(super) struct WrittenStruct {
    /// The struct as it is written.
    pub(super) item: DeriveInput,
    /// The paths in its `#[derive(...)]` attributes.
    pub(super) derives: Vec<Path>,
    /// Its `#[serde(...)]`.
    pub(super) serde: Arguments,
    pub(super) fields: Vec<WrittenField>,
}

/// One of its fields.
pub(super) struct WrittenField {
    pub(super) field: Field,
    pub(super) name: Ident,
    /// The arguments of its `#[claim(...)]`.
    pub(super) claim: Arguments,
    /// Its `#[serde(...)]`.
    pub(super) serde: Arguments,
}

/// Reads the struct. Returns `None` if the item is not a struct with named fields.
pub(super) fn item(item: DeriveInput, errors: &mut Errors) -> Option<WrittenStruct> {
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => {
                let fields = named
                    .named
                    .iter()
                    .filter_map(|field| read_field(field, errors));
                let fields = fields.collect();
                Some(container(item, fields, errors))
            }
            Fields::Unnamed(fields) => {
                let message = "a claim needs a name, and tuple fields have none; name the fields";
                errors.at(fields, message);
                None
            }
            Fields::Unit => {
                let name = &item.ident;
                errors.at(
                    name,
                    format!("a unit struct has no fields for claims; write `struct {name} {{}}`"),
                );
                None
            }
        },
        Data::Enum(data) => {
            let message = "an enum has no fixed set of claims; use a struct with named fields";
            errors.at(data.enum_token, message);
            None
        }
        Data::Union(data) => {
            let message = "a union has no fixed set of claims; use a struct with named fields";
            errors.at(data.union_token, message);
            None
        }
    }
}

/// The arguments of `#[claims(...)]` next to `#[derive(ScopedClaims)]`.
pub(super) fn derive_arguments(item: &DeriveInput, errors: &mut Errors) -> Arguments {
    let mut all = Arguments::default();
    for attribute in &item.attrs {
        if !attribute.path().is_ident("claims") {
            continue;
        }
        if let Meta::List(list) = &attribute.meta {
            all.append(arguments::read(list.tokens.clone(), errors));
        } else {
            let message =
                "`#[claims]` takes its arguments in parentheses; write `#[claims(role = \"...\")]`";
            errors.at(&attribute.meta, message);
            all.append(Arguments::UNREADABLE);
        }
    }
    all
}

fn container(item: DeriveInput, fields: Vec<WrittenField>, errors: &mut Errors) -> WrittenStruct {
    let mut derives = Vec::new();
    let mut serde = Arguments::default();
    for attribute in &item.attrs {
        let path = attribute.path();
        if path.is_ident("serde") {
            serde.append(serde_arguments(attribute, errors));
        } else if path.is_ident("derive") {
            let paths = Punctuated::<Path, Token![,]>::parse_terminated;
            // The compiler reports a malformed `derive`.
            derives.extend(attribute.parse_args_with(paths).into_iter().flatten());
        } else if path.is_ident("claim") {
            errors.at(path, "`#[claim]` belongs on a field; move it there");
        } else if path
            .segments
            .last()
            .is_some_and(|last| last.ident == "scoped_claims")
        {
            errors.at(path, "`#[scoped_claims]` is given twice; remove one");
        }
    }
    WrittenStruct {
        item,
        derives,
        serde,
        fields,
    }
}

fn read_field(field: &Field, errors: &mut Errors) -> Option<WrittenField> {
    let name = field.ident.clone()?;
    let mut claim = Arguments::default();
    let mut serde = Arguments::default();
    for attribute in &field.attrs {
        let path = attribute.path();
        if path.is_ident("claim") {
            claim.append(claim_arguments(attribute, errors));
        } else if path.is_ident("serde") {
            serde.append(serde_arguments(attribute, errors));
        } else if path.is_ident("cfg_attr") {
            refuse_conditional(attribute, errors);
        }
    }
    Some(WrittenField {
        field: field.clone(),
        name,
        claim,
        serde,
    })
}

fn claim_arguments(attribute: &Attribute, errors: &mut Errors) -> Arguments {
    match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => arguments::read(list.tokens.clone(), errors),
        Meta::NameValue(pair) => {
            let value = &pair.value;
            let value = quote!(#value);
            errors.at(
                &attribute.meta,
                format!("`#[claim]` takes its arguments in parentheses; write `#[claim(rename = {value})]`"),
            );
            Arguments::UNREADABLE
        }
        Meta::List(_) | Meta::Path(_) => {
            let message =
                "`#[claim]` has no arguments; write `#[claim(rename = \"...\")]` or remove it";
            errors.at(&attribute.meta, message);
            Arguments::UNREADABLE
        }
    }
}

fn serde_arguments(attribute: &Attribute, errors: &mut Errors) -> Arguments {
    if let Meta::List(list) = &attribute.meta {
        return arguments::read(list.tokens.clone(), errors);
    }
    let message = "`#[serde]` takes its arguments in parentheses; write `#[serde(...)]`";
    errors.at(&attribute.meta, message);
    Arguments::UNREADABLE
}

/// Reports a `cfg_attr` on a field that may change its claim: the compiler resolves it only after this macro.
/// A `cfg_attr` on the struct itself is resolved before the macro runs.
fn refuse_conditional(attribute: &Attribute, errors: &mut Errors) {
    if let Meta::List(list) = &attribute.meta {
        refuse_conditional_in(&list.tokens, errors);
    }
}

/// A `cfg_attr` can contain another.
fn refuse_conditional_in(tokens: &TokenStream, errors: &mut Errors) {
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
    let metas = metas.parse2(tokens.clone()).unwrap_or_default();
    for meta in metas.iter().skip(1) {
        if let Meta::List(list) = meta
            && list.path.is_ident("cfg_attr")
        {
            refuse_conditional_in(&list.tokens, errors);
        }
        if let Some(name) = ["claim", "serde", "cfg"]
            .into_iter()
            .find(|name| meta.path().is_ident(name))
        {
            errors.at(
                meta,
                format!("a macro cannot see a conditional `{name}`; write the field twice, each with its own `#[cfg(...)]`"),
            );
        }
    }
}
