//! From the model to tokens. It cannot fail.
//!
//! Every local variable is `mixed_site`, so that the user's expressions cannot read it. Each token that can
//! cause a type error has the location of the user's tokens that the error is about.

mod client;
mod error_return;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Index};

use super::future;
use super::model::{FunctionKind, Model};
use crate::support::errors::ends;

pub(super) fn generate(model: &Model) -> TokenStream {
    let statements = statements(model);
    let function = match model.kind {
        FunctionKind::Async | FunctionKind::Blocking => model.function.beginning_with(&statements),
        FunctionKind::Future => {
            let clients = model.clients.iter().map(|client| &*client.parameter.pat);
            future::beginning_with(&model.function, clients, &statements)
        }
    };
    // The attribute needs `async`, and puts statements before the user's items.
    quote! {
        #[allow(
            clippy::items_after_statements,
            clippy::unused_async,
            reason = "`#[impersonate]` adds statements in front, and what they wait for"
        )]
        #function
    }
}

/// Makes all clients before it binds the first one, so that no argument can read a client.
fn statements(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let mut statements = TokenStream::new();
    for (position, client) in model.clients.iter().enumerate() {
        let conditions = client.conditions();
        let (name, made) = (made(position), client::make(model, client));
        statements
            .extend(quote_spanned!(Span::mixed_site()=> #(#conditions)* let #name = (#made,);));
    }
    for duplicate in &model.duplicates {
        duplicate.to_tokens(&mut statements);
    }
    let given = match model.kind {
        FunctionKind::Async | FunctionKind::Future => quote!(#runtime::__private::AsyncClient),
        FunctionKind::Blocking => quote!(#runtime::__private::BlockingClient),
    };
    for (position, client) in model.clients.iter().enumerate() {
        let attributes = &client.parameter.attrs;
        let pattern = &client.parameter.pat;
        let ty = &client.parameter.ty;
        // A field access, because its error spans the whole type: a type that does not match `claims` is
        // reported there.
        let (first, last) = ends(ty);
        let name = Ident::new(&made(position).to_string(), first);
        let start = quote_spanned!(first=> #name.);
        let end = Index {
            span: last,
            ..Index::from(0)
        };
        // The bound explains a type that is not a client, or a client of the other kind.
        let open = quote_spanned!(first=> <);
        let close = quote_spanned!(last=> >::Client);
        statements.extend(quote! {
            #(#attributes)*
            let #pattern: #open #ty as #given #close = #start #end;
        });
    }
    statements
}

/// The variable that holds a client until all are made.
fn made(position: usize) -> Ident {
    format_ident!("__scoped_made_{position}", span = Span::mixed_site())
}
