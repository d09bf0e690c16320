use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use scoped_rules::similar::nearest;

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
