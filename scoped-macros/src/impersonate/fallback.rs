//! The output for an item with mistakes, which causes no further errors.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser;
use syn::{Attribute, Expr, PatType, ReturnType, Type, Visibility};

use super::future;
use crate::support::errors::Errors;
use crate::support::function::Function;

/// The function with the signature that callers see. Its body declares the clients without making them.
pub(super) fn function<'a>(
    function: &Function,
    clients: impl Iterator<Item = &'a PatType>,
    values: &[Expr],
) -> TokenStream {
    let mut function = function.clone();
    let signature = &mut function.signature;
    // The type of `impl Trait` is only known from a body.
    let is_opaque = matches!(&signature.output, ReturnType::Type(_, output) if matches!(**output, Type::ImplTrait(_)));
    signature.constness = None;
    signature.abi = None;
    signature.variadic = None;
    let clients: Vec<_> = clients.collect();
    let bound = clients.iter().map(|client| {
        let (attributes, pattern, ty) = (&client.attrs, &client.pat, &client.ty);
        // A panic would make the following code unreachable, which the compiler would report.
        quote_spanned! {Span::mixed_site()=>
            #(#attributes)*
            let #pattern: #ty = ::core::option::Option::unwrap(::core::option::Option::None);
        }
    });
    let statements = quote_spanned! {Span::mixed_site()=>
        #(let _ = &(#values);)*
        #(#bound)*
    };
    if function.body.is_some() || is_opaque {
        let patterns = clients.iter().map(|client| &*client.pat);
        return match function.signature.asyncness {
            Some(_) => function.beginning_with(&statements),
            None => future::beginning_with(&function, patterns, &statements),
        };
    }
    // A declaration gets a body, so that the type of the client is used.
    let output = quote_spanned!(Span::mixed_site()=> ::core::option::Option::unwrap(::core::option::Option::None));
    function.body = Some(Group::new(Delimiter::Brace, output));
    let function = function.beginning_with(&statements);
    quote!(#[allow(unused_variables, reason = "there is no body")] #function)
}

/// The output for an item that is not a function.
pub(super) fn item(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let message = "`#[impersonate]` works on functions only; put it on an `async fn` or a `fn`";
    match keyword.parse2(item.clone()) {
        Ok(keyword) => errors.at(keyword, message),
        Err(_) => errors.span(Span::call_site(), message),
    }
    let errors = errors.finish(()).err();
    let item = without_markers(item);
    quote!(#item #errors)
}

/// The first token after attributes and visibility, such as `struct` or `impl`.
fn keyword(input: syn::parse::ParseStream<'_>) -> syn::Result<TokenTree> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let keyword = input.parse()?;
    input.parse::<TokenStream>()?;
    Ok(keyword)
}

/// Removes `#[scoped]` at any depth, because the compiler does not know it.
pub(super) fn without_markers(tokens: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_pound = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        if is_pound && tokens.next_if(is_marker).is_some() {
            continue;
        }
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_markers(group.stream()));
                inner.set_span(group.span());
                inner.to_tokens(&mut kept);
            }
            other => other.to_tokens(&mut kept),
        }
    }
    kept
}

fn is_marker(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(ident)) if ident == "scoped")
}
