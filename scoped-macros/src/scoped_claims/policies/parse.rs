use proc_macro2::Span;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprArray, ExprAssign, ExprLit, ExprPath, Ident, Lit, LitStr, Token};

use super::super::arguments::{Argument, Value, refuse_repeat, text, ungroup};
use crate::support::errors::Errors;

const LISTS: [&str; 4] = ["deny", "warn", "allow", "tables"];

/// `policies = "..."`, or `policies("...", deny = ["..."])`, as it is written.
#[derive(Clone)]
pub(in super::super) struct WrittenPolicies {
    /// The span of the argument's name.
    pub(super) span: Span,
    /// Folders and globs, in the order of their history.
    pub(super) paths: Vec<LitStr>,
    pub(super) deny: Vec<LitStr>,
    pub(super) warn: Vec<LitStr>,
    pub(super) allow: Vec<LitStr>,
    pub(super) tables: Vec<LitStr>,
}

impl WrittenPolicies {
    pub(in super::super) fn read(argument: &Argument, errors: &mut Errors) -> Option<Self> {
        let mut written = Self {
            span: argument.name.span(),
            paths: Vec::new(),
            deny: Vec::new(),
            warn: Vec::new(),
            allow: Vec::new(),
            tables: Vec::new(),
        };
        let Value::List(tokens) = &argument.value else {
            written.paths = vec![text(argument, errors)?];
            return Some(written);
        };
        let items = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
        let mut seen = Vec::new();
        for item in errors.keep(items)? {
            written.item(item, &mut seen, errors);
        }
        if written.paths.is_empty() {
            let message = "`policies` names no SQL; write `policies(\"supabase/migrations\", ...)`";
            errors.at(&argument.name, message);
            return None;
        }
        Some(written)
    }

    fn item(&mut self, item: Expr, seen: &mut Vec<Ident>, errors: &mut Errors) {
        match ungroup(item) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(path),
                ..
            }) => push(&mut self.paths, path, errors),
            Expr::Assign(ExprAssign { left, right, .. }) if word(&left).is_some() => {
                let Some(name) = word(&left) else { return };
                if seen.contains(name) {
                    refuse_repeat(name, errors);
                    return;
                }
                seen.push(name.clone());
                let list = match name.to_string().as_str() {
                    "deny" => &mut self.deny,
                    "warn" => &mut self.warn,
                    "allow" => &mut self.allow,
                    "tables" => &mut self.tables,
                    unknown => {
                        errors.unknown_argument(name, unknown, &LISTS);
                        return;
                    }
                };
                entries(name, &right, list, errors);
            }
            item => {
                let message = "`policies` takes folders or globs as strings, then `deny`, `warn`, \
                               `allow` and `tables`, as in `allow = [\"...\"]`";
                errors.at(item, message);
            }
        }
    }
}

/// The strings of `name = ["..."]`.
fn entries(name: &Ident, value: &Expr, list: &mut Vec<LitStr>, errors: &mut Errors) {
    let Expr::Array(ExprArray { elems, .. }) = value else {
        let message = format!("`{name}` takes a list; write `{name} = [\"...\"]`");
        errors.at(value, message);
        return;
    };
    if elems.is_empty() {
        errors.at(value, format!("`{name}` is empty; remove it"));
    }
    for element in elems {
        match ungroup(element.clone()) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(entry),
                ..
            }) => push(list, entry, errors),
            element => errors.at(element, format!("`{name}` lists strings; put it in quotes")),
        }
    }
}

fn push(list: &mut Vec<LitStr>, entry: LitStr, errors: &mut Errors) {
    if is_in(list, &entry) {
        let message = format!("`{}` is listed twice; remove one", entry.value());
        errors.at(entry, message);
    } else {
        list.push(entry);
    }
}

/// Whether the list contains the entry.
pub(super) fn is_in(list: &[LitStr], entry: &LitStr) -> bool {
    list.iter().any(|earlier| earlier.value() == entry.value())
}

fn word(name: &Expr) -> Option<&Ident> {
    match name {
        Expr::Path(ExprPath {
            path, qself: None, ..
        }) => path.get_ident(),
        _ => None,
    }
}
