//! From a written field to a field of the model.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Generics, Lit, Type};

use super::claim_arguments::{self, ClaimArguments};
use super::claim_paths;
use super::deserialize_names;
use super::model::{Claim, ClaimLocation, DefaultValue, Field, FieldRequirements, Rename};
use super::parse::WrittenField;
use super::serde_attributes::{self, SerdeOnField, Skip};
use super::struct_arguments::StructContext;
use super::type_shape::{TypeShape, is_option};
use crate::support::errors::Errors;

pub(super) fn check(written: &WrittenField, context: &StructContext, errors: &mut Errors) -> Field {
    let ty = &without_self(&written.field.ty, context);
    let serde = serde_attributes::on_field(&written.serde, errors);
    let shape = if serde.serializes_with {
        TypeShape::UNKNOWN
    } else {
        TypeShape::of(ty)
    };
    let on_claim = claim_arguments::read(&written.claim, shape, !context.is_derive, errors);
    refuse_twice(written, &on_claim, &serde, errors);

    let attributes = written.field.attrs.iter();
    let cfgs = attributes.filter(|attribute| attribute.path().is_ident("cfg"));
    let cfgs: Vec<_> = cfgs.cloned().collect();
    let is_skipped = serde.skip == Skip::Always || on_claim.skip;
    let skip_none = !context.is_derive && serde.skip == Skip::Never && !is_skipped && is_option(ty);
    // After a mistake in an argument that may name the claim, the name would be a guess, and a message about
    // it a second message about one mistake.
    let is_unclear = on_claim.is_unclear || serde.is_unclear || context.options.under_is_unclear;
    let place = if is_skipped || is_unclear {
        None
    } else {
        place(written, &on_claim, &serde, context, errors)
    };
    // A name that is wrong for writing would be reported for reading too.
    let is_refused = place.is_none() && !is_skipped;
    let read_names = if serde.skips_reading || on_claim.skip || is_unclear || is_refused {
        Vec::new()
    } else {
        let read = deserialize_names::read(written, &on_claim, &serde, context, errors);
        deserialize_names::check(&read, place.as_ref(), context, errors);
        read
    };
    // Serde reads a missing `Option` as `None`, unless a function of the user reads it; any other field that
    // was left out because it is empty needs a default.
    let is_left_out = serde.skips_empty || (skip_none && serde.deserializes_with);
    let is_told = context.is_derive || context.has_default || serde.has_default;
    let absent =
        (is_left_out && !is_told && on_claim.default.is_none()).then_some(DefaultValue::OfType);
    let asks = asks(&on_claim, &serde, context.has_default, absent.is_some());
    let is_plain = !serde.serializes_with && !mentions(ty.to_token_stream(), context.generics);
    let default = on_claim
        .default
        .as_ref()
        .map(|value| default(value, is_option(ty)))
        .or(absent);
    Field {
        name: written.name.clone(),
        ty: ty.clone(),
        claim: place
            .and_then(|mut place| {
                let name = place.path.pop()?;
                Some((place.path, name, place.span))
            })
            .map(|(under, name, span)| Claim {
                under,
                name,
                span,
                cfgs: cfgs.clone(),
                shape,
                optional: is_option(ty) || serde.skip == Skip::If,
                flags: on_claim.flags,
                constraints: on_claim.constraints,
            }),
        cfgs,
        rename: on_claim.rename.map(|name| Rename {
            name,
            only_serialize: !serde.read_renames.is_empty(),
        }),
        skip_none,
        skip: on_claim.skip,
        default,
        serde_arguments: written.serde.list.clone(),
        is_plain,
        asks,
        read_names,
    }
}

/// Whether the field needs the mirror, because serde's derive on the struct itself cannot express it.
pub(super) fn needs_mirror(field: &Field) -> bool {
    let is_inside = field
        .claim
        .as_ref()
        .is_some_and(|claim| !claim.under.is_empty());
    is_inside || matches!(field.default, Some(DefaultValue::Value(_)))
}

/// Reports arguments that `#[claim]` and `#[serde]` both have.
fn refuse_twice(
    written: &WrittenField,
    claim: &ClaimArguments,
    serde: &SerdeOnField,
    errors: &mut Errors,
) {
    if let (Some(_), Some(again)) = (&claim.rename, &serde.rename) {
        let message = "`#[claim]` renames this field already; remove one of the two";
        errors.at(again, message);
    }
    for argument in &written.serde.list {
        let name = &argument.name;
        if (name == "default" && claim.default.is_some()) || (name == "skip" && claim.skip) {
            let message = format!("`#[claim]` says `{name}` already; remove one of the two");
            errors.at(name, message);
        }
    }
    if serde.skip == Skip::Always
        && let Some(argument) = written
            .claim
            .list
            .iter()
            .find(|argument| argument.name != "skip")
    {
        let message = "serde skips this field, so it is not a claim; remove `#[claim]` or the skip";
        errors.at(&argument.name, message);
    }
}

/// The path of the claim as serde will write it, and where it is written.
fn place(
    written: &WrittenField,
    claim: &ClaimArguments,
    serde: &SerdeOnField,
    context: &StructContext,
    errors: &mut Errors,
) -> Option<ClaimLocation> {
    let (name, span) = if let Some(renamed) = claim.rename.as_ref().or(serde.rename.as_ref()) {
        (renamed.value(), renamed.span())
    } else {
        let field = written.name.unraw().to_string();
        let Some(name) = context.rule?.apply(&field) else {
            let message = "serde's `camelCase` fails on this name; rename this field";
            errors.at(&written.name, message);
            return None;
        };
        (name, written.name.span())
    };
    if !claim_paths::check_name(&name, span, errors) {
        return None;
    }
    let allow = context.options.allow_user_metadata;
    let of_struct = context.options.under.as_ref();
    match (of_struct, &claim.under) {
        (Some(_), _) => {}
        (None, Some(under)) => {
            let remedy = "use another object";
            claim_paths::check_root(&under.value(), under.span(), remedy, allow, errors);
        }
        (None, None) => claim_paths::check_root(&name, span, "rename this field", allow, errors),
    }
    let mut path = deserialize_names::objects(claim, context);
    path.push(name);
    Some(ClaimLocation { path, span })
}

fn asks(
    claim: &ClaimArguments,
    serde: &SerdeOnField,
    has_default: bool,
    is_left_out: bool,
) -> FieldRequirements {
    let is_read = !claim.skip && !serde.skips_reading;
    let is_of_type = matches!(claim.default, Some(claim_arguments::WrittenDefault::OfType));
    let is_defaulted = claim.default.is_some() || serde.has_default;
    let plain_default = is_of_type || serde.has_plain_default || is_left_out;
    FieldRequirements {
        serialize: !claim.skip && serde.skip != Skip::Always && !serde.serializes_with,
        is_read,
        deserialize: is_read && !serde.deserializes_with,
        default: !has_default && (plain_default || (!is_read && !is_defaulted)),
    }
}

/// The default as tokens: a text literal is converted to the type of the field, and a value for the content
/// of an `Option` is put in `Some`.
fn default(value: &claim_arguments::WrittenDefault, is_option: bool) -> DefaultValue {
    let value = match value {
        claim_arguments::WrittenDefault::OfType => return DefaultValue::OfType,
        claim_arguments::WrittenDefault::Value(value) => value,
    };
    let Expr::Lit(ExprLit { lit, .. }) = value else {
        return DefaultValue::Value(value.to_token_stream());
    };
    let value = match lit {
        Lit::Str(_) => quote!(::core::convert::Into::into(#value)),
        _ => value.to_token_stream(),
    };
    DefaultValue::Value(if is_option {
        quote!(::core::option::Option::Some(#value))
    } else {
        value
    })
}

/// Whether the tokens of a type name one of the parameters of the struct, or cannot be in a string.
fn mentions(tokens: TokenStream, generics: &Generics) -> bool {
    tokens.into_iter().any(|token| match token {
        // Serde takes types as strings, in which `$crate` has no meaning.
        TokenTree::Ident(ident) if ident == "$crate" => true,
        TokenTree::Ident(ident) => {
            let types = generics
                .type_params()
                .any(|parameter| parameter.ident == ident);
            types
                || generics
                    .const_params()
                    .any(|parameter| parameter.ident == ident)
        }
        TokenTree::Group(group) => mentions(group.stream(), generics),
        _ => false,
    })
}

/// The type with the struct's own type in place of `Self`, which denotes another type elsewhere.
fn without_self(ty: &Type, context: &StructContext) -> Type {
    let (_, arguments, _) = context.generics.split_for_impl();
    let name = context.name;
    let own = quote!(#name #arguments);
    syn::parse2(replace_self(ty.to_token_stream(), &own)).unwrap_or_else(|_| ty.clone())
}

fn replace_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => own.clone(),
        TokenTree::Group(group) => {
            let mut replaced = Group::new(group.delimiter(), replace_self(group.stream(), own));
            replaced.set_span(group.span());
            replaced.to_token_stream()
        }
        token => token.into(),
    };
    tokens.into_iter().flat_map(replace).collect()
}
