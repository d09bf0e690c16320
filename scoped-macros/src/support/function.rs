use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitStr, Signature, Token, Visibility};

/// A function whose body is not parsed, so that an unfinished body still reaches the editor.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The body; `None` for a declaration in a trait.
    pub(crate) body: Option<Group>,
}

impl Function {
    /// The function with these statements at the beginning of its body, if it has one.
    pub(crate) fn beginning_with(&self, statements: &TokenStream) -> TokenStream {
        self.with_body(|body| quote!(#statements #body))
    }

    /// The function with its body edited, if it has one.
    pub(crate) fn with_body(&self, edit: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
        let Self {
            attributes,
            visibility,
            signature,
            body,
        } = self;
        let body = match body {
            None => quote!(;),
            Some(body) => {
                let (inner, rest) = split_inner_attributes(body.stream());
                let rest = edit(rest);
                let mut group = Group::new(Delimiter::Brace, quote!(#inner #rest));
                group.set_span(body.span());
                group.to_token_stream()
            }
        };
        quote!(#(#attributes)* #visibility #signature #body)
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !begins_function(input) {
            return Err(input.error("not a function"));
        }
        let signature = input.parse()?;
        let body = if input.parse::<Option<Token![;]>>()?.is_some() {
            None
        } else {
            Some(input.parse()?)
        };
        Ok(Self {
            attributes,
            visibility,
            signature,
            body,
        })
    }
}

/// Whether the input begins a function: only words that are allowed before `fn` come before it.
fn begins_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let skipped = if ahead.peek(Token![const]) {
            ahead.parse::<Token![const]>().is_ok()
        } else if ahead.peek(Token![async]) {
            ahead.parse::<Token![async]>().is_ok()
        } else if ahead.peek(Token![unsafe]) {
            ahead.parse::<Token![unsafe]>().is_ok()
        } else if ahead.peek(Token![extern]) {
            ahead.parse::<Token![extern]>().is_ok() && ahead.parse::<Option<LitStr>>().is_ok()
        } else {
            false
        };
        if !skipped {
            return false;
        }
    }
}

/// Splits off the inner attributes, because `#![...]` must stay before every statement.
fn split_inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let mut inner = TokenStream::new();
    let mut rest = body.into_iter().peekable();
    while let Some(pound) = rest.next_if(|token| is_punct(token, '#')) {
        if let Some(bang) = rest.next_if(|token| is_punct(token, '!')) {
            inner.extend([pound, bang]);
            inner.extend(rest.next());
        } else {
            let mut others = TokenStream::from(pound);
            others.append_all(rest);
            return (inner, others);
        }
    }
    (inner, rest.collect())
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}
