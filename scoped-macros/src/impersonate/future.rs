//! Functions that return a future: the added statements run when the future is first polled.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Pat;

use crate::support::async_block;
use crate::support::function::Function;

/// The function with the statements at the beginning of its async block, or of its body if it has none.
pub(super) fn beginning_with<'a>(
    function: &Function,
    clients: impl Iterator<Item = &'a Pat>,
    statements: &TokenStream,
) -> TokenStream {
    let names: Vec<&Ident> = clients
        .filter_map(|pattern| match pattern {
            Pat::Ident(pattern) => Some(&pattern.ident),
            _ => None,
        })
        .collect();
    function.with_body(|body| {
        let block = |block| place(block, &names, statements.clone());
        async_block::edit(body.clone(), block).unwrap_or_else(|| quote!(#statements #body))
    })
}

/// The position of the statements in the async block. `async_trait` begins the block with `let name = name;`
/// for each parameter, also for the client. The client is made before its own `let`: the parameters before it
/// can be read there, and `self` has the name that it is moved to.
fn place(block: TokenStream, clients: &[&Ident], statements: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = block.into_iter().collect();
    let moves = (0..tokens.len()).filter_map(|at| Some((at, moved(&tokens[at..])?)));
    let (mut receiver, mut end) = (None, 0);
    for (at, (to, from)) in moves {
        if from == "self" {
            receiver = Some(to);
        } else if to == from && clients.contains(&to) {
            end = at;
            break;
        }
    }
    let statements = match receiver {
        Some(receiver) if end > 0 => without_self(statements, receiver),
        _ => statements,
    };
    let (before, after) = tokens.split_at(end);
    quote!(#(#before)* #statements #(#after)*)
}

/// The names in `let [mut] to = from;`.
fn moved(tokens: &[TokenTree]) -> Option<(&Ident, &Ident)> {
    let is = |token: &TokenTree, text: &str| token.to_string() == text;
    let rest = tokens
        .split_first()
        .filter(|(first, _)| is(first, "let"))?
        .1;
    let rest = match rest.split_first() {
        Some((first, rest)) if is(first, "mut") => rest,
        _ => rest,
    };
    match rest {
        [
            TokenTree::Ident(to),
            equals,
            TokenTree::Ident(from),
            end,
            ..,
        ] if is(equals, "=") && is(end, ";") => Some((to, from)),
        _ => None,
    }
}

/// Replaces `self` by the variable.
fn without_self(tokens: TokenStream, receiver: &Ident) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == "self" => {
            let place = receiver.span().located_at(ident.span());
            TokenTree::Ident(Ident::new(&receiver.to_string(), place))
        }
        TokenTree::Group(group) => {
            let content = without_self(group.stream(), receiver);
            let mut inner = Group::new(group.delimiter(), content);
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.into_iter().map(replace).collect()
}
