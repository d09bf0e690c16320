use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::super::model::{Client, ClientKind, FunctionKind, Lifetime, Model, Setting};
use super::error_return;
use crate::support::errors::ends;

/// A block that evaluates to the client, or returns the error.
pub(super) fn make(model: &Model, client: &Client) -> TokenStream {
    let runtime = &model.runtime;
    let module = module(model);
    let failed = error_return::error_return(model);
    let mut statements = TokenStream::new();
    let via = if let Some(via) = &client.via {
        via.to_token_stream()
    } else {
        statements.extend(quote_spanned! {Span::mixed_site()=>
            let __scoped_clients = match #runtime::__private::installed() {
                ::core::result::Result::Ok(__scoped_clients) => __scoped_clients,
                ::core::result::Result::Err(__scoped_error) => #failed,
            };
        });
        quote_spanned!(Span::mixed_site()=> __scoped_clients)
    };
    statements.extend(user(model, &module, &via, &client.user));
    let settings = client.settings.iter();
    statements.extend(settings.map(|one| setting(runtime, one)));
    let made = client.claims.as_ref().map_or_else(
        || {
            let (build, _) = build(client.kind);
            quote_spanned!(Span::mixed_site()=> __scoped_builder.#build())
        },
        |claims| with_claims(runtime, &module, client.kind, claims),
    );
    quote_spanned! {Span::mixed_site()=> {
        #statements
        match #made {
            ::core::result::Result::Ok(__scoped_client) => __scoped_client,
            ::core::result::Result::Err(__scoped_error) => #failed,
        }
    }}
}

/// The method that ends the builder, and the type that it returns.
fn build(kind: ClientKind) -> (TokenStream, TokenStream) {
    match kind {
        ClientKind::Requests => (quote!(client), quote!(ScopedClient)),
        ClientKind::Postgres => (quote!(postgres), quote!(ScopedPostgres)),
    }
}

/// The module with the types of the client.
fn module(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    match model.kind {
        FunctionKind::Async | FunctionKind::Future => runtime.to_token_stream(),
        FunctionKind::Blocking => {
            // Without the feature `blocking`, the compiler reports an error here.
            let (place, _) = ends(model.function.signature.fn_token);
            let blocking = quote_spanned!(place=> blocking);
            quote!(#runtime::#blocking)
        }
    }
}

/// Begins the builder with the project that `via` names, be it made for async or for blocking code.
///
/// Both expressions are borrowed, and their temporaries are dropped before any other expression is
/// evaluated, so that a lock in `via` does not outlive this statement.
fn user(model: &Model, module: &TokenStream, via: &TokenStream, user: &Expr) -> TokenStream {
    let runtime = &model.runtime;
    let (first, last) = ends(via);
    let project = quote_spanned!(first=> #runtime::__private::ProjectClients::project_clients);
    let argument = quote_spanned!(last=> (__scoped_clients));
    let clients = quote!(#project #argument);
    let clients = match model.kind {
        FunctionKind::Async | FunctionKind::Future => clients,
        FunctionKind::Blocking => quote_spanned! {Span::mixed_site()=>
            #module::ScopedClients::from(::core::clone::Clone::clone(#clients))
        },
    };
    let (first, last) = ends(user);
    // A coercion, because its error is short: it mentions no call and no bound.
    let user_type = quote_spanned!(first=> &dyn #runtime::ToUserId);
    let start = quote_spanned!(first=> &*);
    let named = quote_spanned!(last=> __scoped_user);
    let named = quote!(#start #named);
    quote_spanned! {Span::mixed_site()=>
        let __scoped_builder = match &(#via) {
            __scoped_clients => {
                let __scoped_clients = #clients;
                match &(#user) {
                    __scoped_user => {
                        let __scoped_user: #user_type = #named;
                        __scoped_clients.user(__scoped_user)
                    }
                }
            }
        };
    }
}

/// One call of the builder. A value that has one possible type is coerced to it before the call.
fn setting(runtime: &impl ToTokens, setting: &Setting) -> TokenStream {
    let duration = |place| quote_spanned!(place=> ::core::time::Duration);
    let time = |time: &Lifetime| match time {
        Lifetime::Seconds(seconds) => {
            let duration = duration(Span::mixed_site());
            (duration.clone(), quote!(#duration::from_secs(#seconds)))
        }
        Lifetime::Value(value) => (duration(ends(value).0), value.to_token_stream()),
    };
    let (method, (ty, value)) = match setting {
        Setting::ExpiresIn(life) => (quote!(expires_in), time(life)),
        Setting::RefreshBefore(margin) => (quote!(refresh_before), time(margin)),
        Setting::AutoRefresh(on) => {
            let (place, _) = ends(on);
            let ty = quote_spanned!(place=> ::core::primitive::bool);
            (quote!(auto_refresh), (ty, on.to_token_stream()))
        }
        Setting::ReadOnly(on) => {
            let (place, _) = ends(on);
            let ty = quote_spanned!(place=> ::core::primitive::bool);
            return quote_spanned! {Span::mixed_site()=>
                let __scoped_setting: #ty = #on;
                let __scoped_builder = if __scoped_setting {
                    __scoped_builder.read_only()
                } else {
                    __scoped_builder
                };
            };
        }
        Setting::Role(role) => {
            return quote_spanned! {Span::mixed_site()=>
                let __scoped_builder = __scoped_builder.role(#role);
            };
        }
        Setting::Actor(actor) => {
            let ty = |place| quote_spanned!(place=> &dyn #runtime::ToActor);
            return borrowed(&quote!(actor), ty, actor);
        }
        Setting::Reason(reason) => {
            let ty =
                |place| quote_spanned!(place=> &dyn ::core::convert::AsRef<::core::primitive::str>);
            return borrowed(&quote!(reason), ty, reason);
        }
    };
    quote_spanned! {Span::mixed_site()=>
        let __scoped_setting: #ty = #value;
        let __scoped_builder = __scoped_builder.#method(__scoped_setting);
    }
}

/// A call with a reference to the value, which is coerced for the same reason as the user.
fn borrowed(
    method: &TokenStream,
    ty: impl FnOnce(Span) -> TokenStream,
    value: &Expr,
) -> TokenStream {
    let (first, last) = ends(value);
    let ty = ty(first);
    let start = quote_spanned!(first=> &*);
    let end = quote_spanned!(last=> __scoped_setting);
    quote_spanned! {Span::mixed_site()=>
        let __scoped_builder = match &(#value) {
            __scoped_setting => {
                let __scoped_setting: #ty = #start #end;
                __scoped_builder.#method(__scoped_setting)
            }
        };
    }
}

/// The claims are evaluated last, because only they are moved, and are passed to a function whose bound is
/// the only place that can report a wrong type.
fn with_claims(
    runtime: &impl ToTokens,
    module: &TokenStream,
    kind: ClientKind,
    claims: &Expr,
) -> TokenStream {
    let (build, made) = build(kind);
    let (first, last) = ends(claims);
    let bound = quote_spanned!(first=> #runtime::ScopedClaims);
    let start = quote_spanned!(first=> client_with);
    let end = quote_spanned!(last=> (__scoped_claims, __scoped_builder));
    quote_spanned! {Span::mixed_site()=> {
        let __scoped_claims = #claims;
        {
            fn client_with<C: #bound>(
                __scoped_claims: C,
                __scoped_builder: #module::ScopedClientBuilder,
            ) -> ::core::result::Result<#module::#made<C>, #runtime::Error> {
                __scoped_builder.claims(__scoped_claims).#build()
            }
            #start #end
        }
    }}
}
