//! The claims beside the SQL of the policies that read them.

use std::path::{Path, PathBuf};

use proc_macro2::Span;
use syn::LitStr;

use super::constraint::Rule;
use super::model::{Claim, Model};
use super::shape::Shape;
use super::value::LiteralValue;
use crate::policy::{
    Finding, FindingKind, Kind, Known, Options, Project, Severity, Target, compare, files,
};
use crate::support::errors::Errors;
use crate::support::registered;

/// SQL that was read, and what is to be said of it though nothing is wrong.
pub(super) struct Policies {
    /// The argument's place.
    pub(super) span: Span,
    pub(super) files: Vec<PathBuf>,
    pub(super) warnings: Vec<String>,
}

/// Reads the files of `policies = "..."` and compares.
pub(super) fn check(argument: &LitStr, model: &Model, errors: &mut Errors) -> Option<Policies> {
    let span = argument.span();
    let files = match sql_files(&argument.value()) {
        Ok(files) => files,
        Err(reason) => {
            errors.span(span, reason);
            return None;
        }
    };
    let mut history = Vec::new();
    for file in &files {
        match std::fs::read(file) {
            Ok(text) => {
                let text = String::from_utf8_lossy(&text).into_owned();
                history.push((short(file), text));
            }
            Err(error) => errors.span(
                span,
                format!("`{}` cannot be read ({})", file.display(), error.kind()),
            ),
        }
    }
    let claims = || model.fields.iter().filter_map(|field| field.claim.as_ref());
    let known: Vec<Known> = claims().map(known).collect();
    let name = model.item.ident.to_string();
    let target = Target {
        name: &name,
        known: &known,
        runtime: &registered::set_by_the_runtime(),
    };
    let is_meant = |finding: &Finding| {
        finding.kind != FindingKind::Unread
            || !claims().any(|claim| claim.marks.unread && claim.path() == finding.path)
    };
    let findings = compare(&Project::read(&history), &target, &Options::default());
    let mut warnings = Vec::new();
    for finding in findings.into_iter().filter(is_meant) {
        match finding.severity {
            Severity::Error => errors.span(span, finding.text),
            Severity::Warning => warnings.push(finding.text),
        }
    }
    Some(Policies {
        span,
        files,
        warnings,
    })
}

/// The files of a folder or glob, which begins at the crate's manifest.
fn sql_files(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let remedy = "name the folder of the migrations from the crate's `Cargo.toml` on";
    let found = files(&manifest(), pattern)
        .map_err(|error| format!("`{pattern}` cannot be read ({}); {remedy}", error.kind()))?;
    if found.is_empty() {
        return Err(format!("`{pattern}` has no SQL files; {remedy}"));
    }
    Ok(found)
}

#[allow(
    clippy::disallowed_methods,
    reason = "how Cargo tells a macro whose crate it is in"
)]
fn manifest() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
}

/// A file as people name it.
fn short(file: &Path) -> PathBuf {
    file.strip_prefix(manifest()).unwrap_or(file).to_owned()
}

fn known(claim: &Claim) -> Known {
    let rules = || claim.constraints.iter().map(|constraint| &constraint.rule);
    let is_uuid = rules().any(|rule| matches!(rule, Rule::Uuid));
    let kind = match claim.shape {
        Shape::Text if is_uuid => Kind::Uuid,
        Shape::Text => Kind::Text,
        Shape::Uuid => Kind::Uuid,
        Shape::Integer(..) => Kind::Integer,
        Shape::Float => Kind::Float,
        Shape::Boolean => Kind::Boolean,
        Shape::List => Kind::Array,
        Shape::Map => Kind::Object,
        Shape::Unknown => Kind::Any,
    };
    let one_of = rules().find_map(|rule| match rule {
        Rule::OneOf(listed) => listed
            .iter()
            .map(|literal| match &literal.value {
                LiteralValue::Text(text) => Some(text.clone()),
                LiteralValue::Number(_) => None,
            })
            .collect(),
        _ => None,
    });
    Known {
        path: claim.path(),
        kind,
        one_of,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    /// What the attribute makes of a struct with this field, beside the local server's migrations.
    fn expanded(folder: &str, fields: &TokenStream) -> String {
        let item = quote!(struct Tenant { #fields });
        super::super::expand(quote!(policies = #folder), item).to_string()
    }

    const MIGRATIONS: &str = "../tests/server/supabase/migrations";

    #[test]
    fn claims_that_the_policies_read_compile_and_a_change_of_a_file_compiles_them_again() {
        let output = expanded(MIGRATIONS, &quote!(tenant_id: String));
        assert!(!output.contains("compile_error"), "{output}");
        assert!(output.contains("include_bytes"), "{output}");
    }

    #[test]
    fn a_claim_that_a_policy_reads_and_the_struct_lacks_is_an_error_that_says_where() {
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
    fn a_claim_that_no_policy_reads_is_a_warning_unless_it_is_meant() {
        let fields = quote!(tenant_id: String, plan: String);
        assert!(expanded(MIGRATIONS, &fields).contains("deprecated"));
        let fields = quote!(tenant_id: String, #[claim(unread)] plan: String);
        assert!(!expanded(MIGRATIONS, &fields).contains("deprecated"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_says_what_to_do() {
        let output = expanded("supabase/nowhere", &quote!(tenant_id: String));
        assert!(
            output.contains("`supabase/nowhere` cannot be read"),
            "{output}"
        );
    }
}
