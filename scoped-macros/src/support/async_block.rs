use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::TokenStreamExt;

/// The body of a function with its async block edited, if the body ends with one: `async move { .. }`, or
/// `Box::pin(async move { .. })` as `async_trait` writes it.
pub(crate) fn edit(
    body: TokenStream,
    edit_block: impl FnOnce(TokenStream) -> TokenStream,
) -> Option<TokenStream> {
    edit_last(body, &mut Some(edit_block))
}

fn edit_last<F: FnOnce(TokenStream) -> TokenStream>(
    body: TokenStream,
    edit_block: &mut Option<F>,
) -> Option<TokenStream> {
    let mut tokens: Vec<TokenTree> = body.into_iter().collect();
    let Some(TokenTree::Group(last)) = tokens.pop() else {
        return None;
    };
    let content = match last.delimiter() {
        Delimiter::Brace if ends_with_async(&tokens) => edit_block.take()?(last.stream()),
        Delimiter::Parenthesis if is_ident(tokens.last(), "pin") => {
            edit_last(last.stream(), edit_block)?
        }
        Delimiter::None => edit_last(last.stream(), edit_block)?,
        _ => return None,
    };
    let mut edited = Group::new(last.delimiter(), content);
    edited.set_span(last.span());
    let mut body: TokenStream = tokens.into_iter().collect();
    body.append(edited);
    Some(body)
}

fn ends_with_async(tokens: &[TokenTree]) -> bool {
    match tokens {
        [.., before, last] if is_ident(Some(last), "move") => is_ident(Some(before), "async"),
        tokens => is_ident(tokens.last(), "async"),
    }
}

fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == name)
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::edit;

    fn edited(body: &TokenStream) -> Option<String> {
        let edited = edit(body.clone(), |block| quote!(first; #block));
        edited.map(|body| body.to_string())
    }

    #[test]
    fn the_block_at_the_end_is_edited() {
        for (body, expected) in [
            (
                quote!(async { a }),
                quote!(async {
                    first;
                    a
                }),
            ),
            (
                quote!(b(); async move { a }),
                quote!(b(); async move { first; a }),
            ),
            (
                quote!(::std::boxed::Box::pin(async move { a })),
                quote!(::std::boxed::Box::pin(async move {
                    first;
                    a
                })),
            ),
        ] {
            assert_eq!(edited(&body), Some(expected.to_string()));
        }
    }

    #[test]
    fn other_blocks_are_not_edited() {
        for body in [
            quote!(),
            quote!(a),
            quote!({ a }),
            quote!(async { a }.boxed()),
            quote!(let b = async { a }; b),
            quote!(spawn(async { a })),
            quote!(Box::pin(b)),
        ] {
            assert_eq!(edited(&body), None, "{body}");
        }
    }
}
