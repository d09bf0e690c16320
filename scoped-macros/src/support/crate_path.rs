use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Ident, Lit, Path, parse_quote};

use super::errors::Errors;
use super::manifest;

/// The path at which generated code finds the runtime: `::scoped_runtime`, or the value of `crate = path`.
#[derive(Clone)]
pub(crate) struct CratePath(Path);

impl Default for CratePath {
    fn default() -> Self {
        Self(parse_quote!(::scoped_runtime))
    }
}

impl CratePath {
    /// The default path. If the package depends on the runtime under another name, reports what to write.
    pub(crate) fn assumed(errors: &mut Errors) -> Self {
        let Some(name) = manifest::renamed() else {
            return Self::default();
        };
        errors.span(
            Span::call_site(),
            format!("this package's name for `scoped-runtime` is `{name}`; write `crate = {name}`"),
        );
        let name = Ident::new(&name, Span::call_site());
        Self(parse_quote!(::#name))
    }

    /// Reads the value of `crate = path`. A path in a string is a mistake, but is returned too, because it is
    /// enough for a stand-in.
    pub(crate) fn read(value: &Expr, errors: &mut Errors) -> Option<Self> {
        match value {
            Expr::Path(path) if path.qself.is_none() && is_plain(&path.path) => {
                // Serde's attributes take the path as a string, in which `$crate` has no meaning.
                if path
                    .path
                    .segments
                    .iter()
                    .any(|segment| segment.ident == "$crate")
                {
                    errors.at(
                        value,
                        "`$crate` cannot be resolved here; name the crate by its own path",
                    );
                    return None;
                }
                Some(Self(path.path.clone()))
            }
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => {
                let path = text.parse::<Path>().ok().filter(is_plain);
                let remedy = path.as_ref().map_or_else(|| "path".to_owned(), written);
                errors.at(
                    value,
                    format!("`crate` takes a path, not a string; write `crate = {remedy}`"),
                );
                path.map(Self)
            }
            _ => {
                errors.at(
                    value,
                    "`crate` takes a path; write `crate = path::to::scoped_runtime`",
                );
                None
            }
        }
    }

    /// The path as seen from a module next to the user's code that imports everything from there.
    pub(crate) fn seen_from_a_module(&self) -> TokenStream {
        let path = &self.0;
        let first = path.segments.first().map(|first| &first.ident);
        if path.leading_colon.is_none() && first.is_some_and(|first| first == "self") {
            let rest = path.segments.iter().skip(1);
            quote!(super #(::#rest)*)
        } else if path.leading_colon.is_none() && first.is_some_and(|first| first == "super") {
            quote!(super::#path)
        } else {
            quote!(#path)
        }
    }

    /// The path of an item in the runtime, for attributes that take paths as strings.
    pub(crate) fn in_string(&self, inside: &str) -> String {
        format!("{}::{inside}", written(&self.0))
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

fn is_plain(path: &Path) -> bool {
    path.segments
        .iter()
        .all(|segment| segment.arguments.is_none())
}

fn written(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
