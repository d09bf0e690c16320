use proc_macro2::Span;
use quote::ToTokens;

/// Spans at the first and the last token, for generated tokens. There are two, since stable Rust cannot join
/// spans, but an error about an expression spans from its first token to its last. The hygiene is that of
/// generated code, by which lints recognise it.
pub(crate) fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let place = |span| Span::mixed_site().located_at(span);
    (place(first), place(last))
}
