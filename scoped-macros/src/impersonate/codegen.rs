//! From what is true to tokens. Cannot fail.
//!
//! Every local is `mixed_site`, so the user's expressions cannot see it; each token that can carry a
//! type error is located at the user's tokens that the error is about.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, GenericArgument, PathArguments, Type};

use super::model::{Lifetime, Model};

pub(super) fn generate(model: &Model) -> TokenStream {
    let made = make(model);
    let attributes = &model.client.attrs;
    let pattern = &model.client.pat;
    let ty = &model.client.ty;
    // A field access, because it spans the whole type: a wrong `claims` is reported there.
    let (first, last) = ends(ty);
    let start = quote_spanned!(first=> made.);
    let end = quote_spanned!(last=> 0);
    let function = model
        .function
        .beginning_with(&quote_spanned! {Span::mixed_site()=>
            let made = #made;
            #(#attributes)*
            let #pattern: #ty = #start #end;
        });
    // The attribute asks for `async` and puts statements before the user's items.
    quote! {
        #[allow(
            clippy::items_after_statements,
            clippy::unused_async,
            reason = "`#[impersonate]` adds statements in front and asks for `async`"
        )]
        #function
    }
}

/// A block with the client as a one-tuple, or a `return` with the error.
fn make(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let failed = failed(&model.output);
    let mut statements = TokenStream::new();
    let via = if let Some(via) = &model.via {
        via.to_token_stream()
    } else {
        statements.extend(quote_spanned! {Span::mixed_site()=>
            let clients = match #runtime::__private::installed() {
                ::core::result::Result::Ok(clients) => clients,
                ::core::result::Result::Err(error) => #failed,
            };
        });
        quote_spanned!(Span::mixed_site()=> clients)
    };
    statements.extend(user(runtime, &via, &model.user));
    if let Some(role) = &model.role {
        statements.extend(quote_spanned! {Span::mixed_site()=>
            let builder = builder.role(#role);
        });
    }
    if let Some(lifetime) = &model.expires_in {
        statements.extend(expires_in(lifetime));
    }
    let client = model.claims.as_ref().map_or_else(
        || quote_spanned!(Span::mixed_site()=> builder.client()),
        |claims| client_with_claims(runtime, claims),
    );
    quote_spanned! {Span::mixed_site()=> {
        #statements
        match #client {
            ::core::result::Result::Ok(client) => (client,),
            ::core::result::Result::Err(error) => #failed,
        }
    }}
}

/// Begins the builder. Both expressions are borrowed, and what they hold is let go before any
/// other is read, so that a lock in `via` does not outlive this statement.
fn user(runtime: &impl ToTokens, via: &TokenStream, user: &Expr) -> TokenStream {
    let (first, last) = ends(via);
    let clients_type = quote_spanned!(first=> &#runtime::ScopedClients);
    let start = quote_spanned!(first=> &*);
    let clients = quote_spanned!(last=> clients);
    let clients = quote!(#start #clients);
    let (first, last) = ends(user);
    // A coercion, since its error is the shortest: no call, no bound of some function.
    let user_type = quote_spanned!(first=> &dyn #runtime::ToUserId);
    let start = quote_spanned!(first=> &*);
    let named = quote_spanned!(last=> user);
    let named = quote!(#start #named);
    quote_spanned! {Span::mixed_site()=>
        let builder = match &(#via) {
            clients => {
                let clients: #clients_type = #clients;
                match &(#user) {
                    user => {
                        let user: #user_type = #named;
                        clients.user(user)
                    }
                }
            }
        };
    }
}

fn expires_in(lifetime: &Lifetime) -> TokenStream {
    let (ty, value) = match lifetime {
        Lifetime::Seconds(seconds) => (
            quote_spanned!(Span::mixed_site()=> ::core::time::Duration),
            quote_spanned!(Span::mixed_site()=> ::core::time::Duration::from_secs(#seconds)),
        ),
        Lifetime::Value(value) => {
            let (first, _) = ends(value);
            (
                quote_spanned!(first=> ::core::time::Duration),
                value.to_token_stream(),
            )
        }
    };
    quote_spanned! {Span::mixed_site()=>
        let lifetime: #ty = #value;
        let builder = builder.expires_in(lifetime);
    }
}

/// Claims come last, since they alone are moved, and in a function, since its bound is the one place
/// that can complain about them.
fn client_with_claims(runtime: &impl ToTokens, claims: &Expr) -> TokenStream {
    let (first, last) = ends(claims);
    let bound = quote_spanned!(first=> #runtime::ScopedClaims);
    let start = quote_spanned!(first=> client_with);
    let end = quote_spanned!(last=> (claims, builder));
    quote_spanned! {Span::mixed_site()=> {
        let claims = #claims;
        {
            fn client_with<C: #bound>(
                claims: C,
                builder: #runtime::ScopedClientBuilder,
            ) -> ::core::result::Result<#runtime::ScopedClient<C>, #runtime::Error> {
                builder.claims(claims).client()
            }
            #start #end
        }
    }}
}

/// Returns `error`. An error type that cannot be made from it is reported in the return type.
fn failed(output: &Type) -> TokenStream {
    let (first, last) = ends(error_type(output));
    let from = quote_spanned!(first=> ::core::convert::From::);
    let from_end = quote_spanned!(last=> from(error));
    let (first, last) = ends(output);
    let result = quote_spanned!(first=> return ::core::result::Result::);
    let result_end = quote_spanned!(last=> Err(#from #from_end));
    quote!(#result #result_end)
}

/// The `E` of `Result<T, E>`, else the whole type.
fn error_type(output: &Type) -> &Type {
    if let Type::Path(path) = output
        && let Some(last) = path.path.segments.last()
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(error)) = arguments.args.iter().nth(1)
    {
        return error;
    }
    output
}

/// The user's first and last token as places for generated ones: two, since stable Rust cannot
/// join spans, but an expression reaches from its first token to its last. The hygiene stays ours,
/// and with it lints know that this is generated.
fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let place = |span| Span::mixed_site().located_at(span);
    (place(first), place(last))
}
