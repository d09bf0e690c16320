//! The implementation of `ScopedClaims`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use scoped_rules::constraint::{Argument, Literal, Number};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type, parse_quote};

use super::super::constraint::Constraint;
use super::super::model::{Claim, ClaimFlags, Field, Model};

pub(super) fn implementation(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let name = &model.item.ident;
    let mut generics = model.item.generics.clone();
    let (parameters, arguments, own_bounds) = model.item.generics.split_for_impl();
    if !generics.params.is_empty() {
        // The bounds on the parameters are those of serde, which `#[serde(bound)]` can change.
        generics.make_where_clause().predicates.push(parse_quote! {
            Self: #private::serde::Serialize
                + ::core::marker::Send
                + ::core::marker::Sync
                + 'static
        });
    }
    let bounds = &generics.where_clause;
    let claims = model.fields.iter().filter_map(|field| {
        let claim = claim(model, field, field.claim.as_ref()?);
        let cfgs = &field.cfgs;
        Some(quote!(#(#cfgs)* #claim,))
    });
    let enum_values = model.fields.iter().filter_map(|field| {
        field.claim.as_ref()?;
        let (cfgs, ty) = (&field.cfgs, &field.ty);
        let values = if field.asks.serialize && may_be_enum(ty) {
            quote!(#private::Probe::<#ty>::NEW.values())
        } else {
            quote!(::core::option::Option::None)
        };
        Some(quote!(#(#cfgs)* #values,))
    });
    let role = model.role.as_ref().map(|role| {
        quote! {
            const ROLE: ::core::option::Option<&'static str> = ::core::option::Option::Some(#role);
        }
    });
    let expires_in = model.expires_in.map(|seconds| {
        quote! {
            const EXPIRES_IN: ::core::option::Option<::core::time::Duration> =
                ::core::option::Option::Some(::core::time::Duration::from_secs(#seconds));
        }
    });
    let max_bytes = model.max_bytes.map(|bytes| {
        quote! {
            const MAX_BYTES: ::core::option::Option<usize> = ::core::option::Option::Some(#bytes);
        }
    });
    let reads_user_metadata = model.allow_user_metadata.then(|| {
        quote! {
            const READS_USER_METADATA: bool = true;
        }
    });
    let checks = checks(model);
    // A struct with parameters has claims only under serde's bounds on them.
    let members = model.item.generics.params.is_empty().then(|| {
        quote! {
            const CLAIMS: ::core::option::Option<&'static [#private::Claim]> =
                ::core::option::Option::Some(<Self as #runtime::ScopedClaims>::CLAIMS);
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "whether the struct or a field is")]
        impl #parameters #runtime::ScopedClaims for #name #arguments #bounds {
            const CLAIMS: &'static [#private::Claim] = {
                #[allow(unused_imports, reason = "not every field needs it")]
                use #private::Other as _;
                &[#(#claims)*]
            };
            fn enum_values() -> ::std::vec::Vec<::core::option::Option<&'static [&'static str]>> {
                #[allow(unused_imports, reason = "not every field needs it")]
                use #private::Other as _;
                ::std::vec![#(#enum_values)*]
            }
            #role
            #expires_in
            #max_bytes
            #reads_user_metadata
            #checks
        }
        #[automatically_derived]
        #[allow(deprecated, reason = "whether the struct is")]
        impl #parameters #private::Inspect for #name #arguments #own_bounds {
            const KIND: #private::ClaimKind = #private::ClaimKind::Object;
            #members
        }
    }
}

/// Whether the type may be an enum: a name without arguments, or an `Option` of one. Asking serde about a type
/// that borrows does not compile.
fn may_be_enum(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    match &last.arguments {
        PathArguments::None => !["String", "bool", "char"]
            .iter()
            .any(|name| last.ident == name),
        PathArguments::AngleBracketed(inside) if last.ident == "Option" => {
            matches!(inside.args.first(), Some(GenericArgument::Type(inner)) if may_be_enum(inner))
        }
        _ => false,
    }
}

/// A claim as a constant expression.
fn claim(model: &Model, field: &Field, claim: &Claim) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let ty = &field.ty;
    let kind = if field.asks.serialize {
        quote!(#private::Probe::<#ty>::KIND)
    } else {
        quote!(#private::ClaimKind::Any)
    };
    let constraints = claim
        .constraints
        .iter()
        .map(|written| constraint(&written.constraint, &private));
    let Claim {
        under,
        name,
        optional,
        flags:
            ClaimFlags {
                secret,
                unread,
                allow_float,
            },
        ..
    } = claim;
    quote! {
        #private::Claim::described(#name, #private::Description {
            under: &[#(#under),*],
            kind: #kind,
            constraints: &[#(#constraints),*],
            optional: #optional,
            secret: #secret,
            unread: #unread,
            allow_float: #allow_float,
        })
    }
}

fn constraint(constraint: &Constraint, private: &TokenStream) -> TokenStream {
    let variant = format_ident!("{}", constraint.variant());
    let argument = match constraint.argument() {
        Argument::None => None,
        Argument::Number(value) => Some(number(value, private)),
        Argument::Count(count) => Some(quote!(#count)),
        Argument::Text(text) => Some(quote!(#text)),
        Argument::Literals(listed) => {
            let listed = listed.iter().map(|listed| literal(listed, private));
            Some(quote!(&[#(#listed),*]))
        }
    };
    let argument = argument.map(|argument| quote!((#argument)));
    quote!(#private::Constraint::#variant #argument)
}

fn literal(literal: &Literal<String>, private: &TokenStream) -> TokenStream {
    match literal {
        Literal::Text(text) => quote!(#private::Literal::Text(#text)),
        Literal::Number(value) => {
            let value = number(*value, private);
            quote!(#private::Literal::Number(#value))
        }
    }
}

fn number(number: Number, private: &TokenStream) -> TokenStream {
    match number {
        Number::Integer(number) => quote!(#private::Number::Integer(#number)),
        Number::Float(number) => quote!(#private::Number::Float(#number)),
    }
}

/// The checks that need code, if there are any.
fn checks(model: &Model) -> Option<TokenStream> {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    // These names must neither hide the user's functions nor be patterns of the user's constants.
    let found = Ident::new("__scoped_found", Span::mixed_site());
    let mut checks = Vec::new();
    for field in &model.fields {
        let Some(written) = &field.claim else {
            continue;
        };
        let claim = claim(model, field, written);
        let (cfgs, name) = (&field.cfgs, &field.name);
        for constraint in &written.constraints {
            match (&constraint.constraint, &constraint.path) {
                (Constraint::Pattern(pattern), _) => checks.push(quote! {
                    #(#cfgs)*
                    {
                        static PATTERN: #private::Pattern =
                            #private::Pattern::new(|| #private::pattern(#pattern));
                        #found.pattern(&#claim, &PATTERN);
                    }
                }),
                (Constraint::Custom(_), Some(path)) => {
                    let place = Span::mixed_site().located_at(path.span());
                    let value = Ident::new("__scoped_value", place);
                    let of_field =
                        if written.optional && super::super::type_shape::is_option(&field.ty) {
                            quote!(::core::option::Option::as_ref(&self.#name))
                        } else {
                            quote!(::core::option::Option::Some(&self.#name))
                        };
                    let call = quote_spanned!(path.span()=> #path(#value));
                    checks.push(quote! {
                        #(#cfgs)*
                        if let ::core::option::Option::Some(#value) = #of_field {
                            #found.custom(&#claim, #call);
                        }
                    });
                }
                _ => {}
            }
        }
    }
    (!checks.is_empty()).then(|| {
        quote! {
            fn check_more(&self, #found: &mut #private::Checks<'_>) {
                #[allow(unused_imports, reason = "not every field needs it")]
                use #private::Other as _;
                #(#checks)*
            }
        }
    })
}
