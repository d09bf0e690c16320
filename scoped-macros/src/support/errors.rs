use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use scoped_rules::similar::nearest;
use syn::Attribute;

/// Collects every mistake, so that the user sees all of them at once.
///
/// A message is in lower case, with the user's tokens in backticks: the cause, then `;` and the remedy.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Reports a mistake in these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports a mistake at this span.
    pub(crate) fn span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// Reports an argument that does not exist: ``unknown argument `rol`; did you mean `role`?``, or the
    /// list of the arguments that do.
    pub(crate) fn unknown_argument(
        &mut self,
        tokens: impl ToTokens,
        written: &str,
        known: &[&str],
    ) {
        let remedy = if let Some(name) = nearest(written, known) {
            format!("did you mean `{name}`?")
        } else {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let one_of = if names.len() > 1 { "one of " } else { "" };
            format!("use {one_of}{}", names.join(", "))
        };
        self.at(tokens, format!("unknown argument `{written}`; {remedy}"));
    }

    /// Returns the value, or keeps the mistake.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// Returns the value if no mistake was recorded. If some were, returns one `compile_error!` for each, in
    /// source order.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, TokenStream> {
        if self.0.is_empty() {
            return Ok(value);
        }
        // An error may combine several, each with a span of its own.
        let mut mistakes: Vec<syn::Error> = self.0.into_iter().flatten().collect();
        mistakes.sort_by_key(|mistake| place(mistake.span()));
        Err(mistakes.iter().map(syn::Error::to_compile_error).collect())
    }
}

/// The sort key of a span. The sort is stable, so that mistakes at one place keep their order.
fn place(span: Span) -> (String, usize, usize) {
    if !proc_macro::is_available() {
        return (String::new(), 0, 0);
    }
    // Tokens from a macro of the user have the location of that macro's tokens.
    let start = span.unwrap().start();
    (start.file(), start.line(), start.column())
}

/// An error about items that contradict each other if all of them exist, which only the compiler knows.
pub(crate) struct ConditionalError {
    /// The `#[cfg]` attributes of the items.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) span: Span,
    pub(crate) message: String,
}

impl ToTokens for ConditionalError {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            cfgs,
            span,
            message,
        } = self;
        tokens.extend(quote_spanned! {*span=>
            #(#cfgs)*
            ::core::compile_error! { #message }
        });
    }
}

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
