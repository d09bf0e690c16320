use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// The expansion of a struct with these fields, compared with the migrations of the local server.
fn expanded(folder: &str, fields: &TokenStream) -> String {
    let item = quote!(struct Tenant { #fields });
    super::super::expand(quote!(policies = #folder), item).to_string()
}

const MIGRATIONS: &str = "../tests/server/supabase/migrations";

#[test]
fn claims_that_policies_read_compile_and_depend_on_the_files() {
    let output = expanded(MIGRATIONS, &quote!(tenant_id: String));
    assert!(!output.contains("compile_error"), "{output}");
    assert!(output.contains("include_bytes"), "{output}");
}

#[test]
fn a_claim_that_the_struct_lacks_is_an_error_with_the_place_in_the_sql() {
    let output = expanded(MIGRATIONS, &quote!(tenant: String));
    for part in [
        "tenants read their own documents",
        "reads claim `tenant_id`, which `Tenant` does not have; did you mean `tenant`?",
        "_documents.sql:",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
}

#[test]
fn a_claim_that_no_policy_reads_is_a_warning_unless_it_is_marked_unread() {
    let fields = quote!(tenant_id: String, plan: String);
    assert!(expanded(MIGRATIONS, &fields).contains("[deprecated"));
    let fields = quote!(tenant_id: String, #[claim(unread)] plan: String);
    assert!(!expanded(MIGRATIONS, &fields).contains("[deprecated"));
}

#[test]
fn a_missing_folder_is_an_error() {
    let output = expanded("supabase/nowhere", &quote!(tenant_id: String));
    assert!(
        output.contains("`supabase/nowhere` cannot be read"),
        "{output}"
    );
}

/// Collects the texts of `compile_error!(...)` as errors, and all other texts that name a file or an unread
/// claim as warnings.
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
    let item = include_str!("../../../../tests/policies/findings/tenant.rs");
    let item: TokenStream = item.parse().expect("the struct is Rust");
    // The struct without its attribute, because the test expands the attribute itself.
    let item: TokenStream = item.into_iter().skip(2).collect();
    let mut found = Vec::new();
    // The attribute reports no warnings beside an error, so that the warnings have a folder of their own.
    for folder in ["errors", "warnings"] {
        let folder = format!("../tests/policies/findings/{folder}");
        let expanded = super::super::expand(quote!(policies = #folder), item.clone());
        findings(expanded, &mut found);
    }
    found.sort_unstable();
    let wanted = include_str!("../../../../tests/policies/findings/findings.txt");
    assert_eq!(found.join("\n"), wanted.trim_end());
}
