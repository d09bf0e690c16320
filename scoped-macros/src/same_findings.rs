//! The attribute finds what `scoped_runtime::policies` finds. That crate's test reads the same list.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// The texts of `compile_error!(...)`, as errors, and all others that name a place or an unread claim, as
/// warnings.
fn findings(tokens: TokenStream, found: &mut Vec<String>) {
    let mut before = [String::new(), String::new()];
    for token in tokens {
        let text = token.to_string();
        match token {
            TokenTree::Group(group) => {
                let start = found.len();
                findings(group.stream(), found);
                if before == ["compile_error", "!"] {
                    for text in &mut found[start..] {
                        *text = text.replacen("warning", "error", 1);
                    }
                }
            }
            TokenTree::Literal(_) => {
                let literal = syn::parse_str::<syn::LitStr>(&text);
                let value = literal.map_or(String::new(), |literal| literal.value());
                let said = [".sql:", ".sql` is not read"]
                    .iter()
                    .any(|part| value.contains(part));
                if said || value.starts_with("no policy reads") {
                    found.push(format!("warning: {value}"));
                }
            }
            _ => {}
        }
        before.swap(0, 1);
        before[1] = text;
    }
}

#[test]
fn the_attribute_finds_what_the_runtime_finds() {
    let item = include_str!("../../tests/policies/findings/tenant.rs");
    let item: TokenStream = item.parse().expect("the struct is Rust");
    // Without the attribute, which is the one that is tried here.
    let item: TokenStream = item.into_iter().skip(2).collect();
    let mut found = Vec::new();
    // Beside an error the attribute says no warnings, so these have a folder of their own.
    for folder in ["errors", "warnings"] {
        let folder = format!("../tests/policies/findings/{folder}");
        let expanded = crate::scoped_claims::expand(quote!(policies = #folder), item.clone());
        findings(expanded, &mut found);
    }
    found.sort_unstable();
    let wanted = include_str!("../../tests/policies/findings/findings.txt");
    assert_eq!(found.join("\n"), wanted.trim_end());
}
