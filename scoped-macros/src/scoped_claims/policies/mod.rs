//! The claims beside the SQL of the policies that read them.

mod ask;
mod by_type;
mod entries;
mod folder;
mod history;
mod known;
mod of_enum;
mod written;

use std::path::{Path, PathBuf};

use proc_macro2::Span;

use super::model::{Claim, Model};
use crate::support::errors::Errors;
use ask::Ask;
pub(super) use by_type::ByType;
pub(super) use folder::Folder;
pub(super) use history::shown;
pub(super) use of_enum::OfEnum;
use scoped_rules::policies::{Finding, FindingKind, Severity, Target, compare};
use scoped_rules::registered;
pub(super) use written::Written;

/// SQL that was read, and what is to be said of it though nothing is wrong.
#[derive(Default)]
pub(super) struct Policies {
    pub(super) folders: Vec<Folder>,
    pub(super) warnings: Vec<Warning>,
    /// What only the compiler can tell.
    pub(super) by_type: Vec<ByType>,
    /// What only a test can tell.
    pub(super) of_enums: Vec<OfEnum>,
}

/// A sentence for the user.
pub(super) struct Warning {
    pub(super) span: Span,
    /// The kind of the finding.
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// Reads the SQL and compares.
pub(super) fn check(written: &Written, model: &Model, errors: &mut Errors) -> Policies {
    check_in(&manifest(), written, model, errors)
}

fn check_in(manifest: &Path, written: &Written, model: &Model, errors: &mut Errors) -> Policies {
    let mut policies = Policies::default();
    let name = model.item.ident.to_string();
    for path in &written.paths {
        match Folder::read(manifest, path) {
            Ok(folder) => policies.folders.push(folder),
            Err(_) if folder::is_packaged(manifest) => policies.warnings.push(Warning {
                span: path.span(),
                name: "policies",
                text: format!(
                    "this package comes without `{}`, so the claims of `{name}` are not compared with it",
                    path.value()
                ),
            }),
            Err(reason) => errors.at(path, reason),
        }
    }
    // Half of a history would tell of policies that are long gone.
    if policies.folders.len() == written.paths.len() {
        compare_all(manifest, &name, written, model, &mut policies, errors);
    }
    policies
}

fn compare_all(
    manifest: &Path,
    name: &str,
    written: &Written,
    model: &Model,
    policies: &mut Policies,
    errors: &mut Errors,
) {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &mut policies.folders {
        // What two globs name is read where it is named first.
        folder.files.retain(|file| !files.contains(file));
        files.extend_from_slice(&folder.files);
    }
    let skipped = policies
        .folders
        .iter()
        .flat_map(|folder| folder.skipped.clone());
    let project = match history::read(manifest, &files, &skipped.collect::<Vec<_>>()) {
        Ok(project) => project,
        Err(reason) => return errors.span(written.span, reason),
    };
    let known = known::known(model);
    let options = entries::options(written, name, &known, &project, errors);
    let target = Target {
        name,
        known: &known,
        runtime: registered::set_by_the_runtime(),
    };
    let claims = || model.fields.iter().filter_map(|field| field.claim.as_ref());
    for finding in compare(&project, &target, &options) {
        let claim = claims().find(|claim| concerns(&finding, claim));
        if finding.kind == FindingKind::Unread && claim.is_some_and(|claim| claim.marks.unread) {
            continue;
        }
        let span = claim.map(|claim| claim.span);
        let span = span.unwrap_or_else(|| place(&finding, policies, written));
        match finding.severity {
            Severity::Error => errors.span(span, finding.text),
            Severity::Warning => policies.warnings.push(Warning {
                span,
                name: finding.kind.name(),
                text: finding.text,
            }),
        }
    }
    for mut ask in Ask::all(model, &project, &target, &options) {
        policies.by_type.extend(ByType::questions(&ask));
        policies.of_enums.extend(OfEnum::questions(&mut ask));
    }
}

/// Whether the finding is about what this claim is.
fn concerns(finding: &Finding, claim: &Claim) -> bool {
    let is_about_claims = matches!(
        finding.kind,
        FindingKind::Mismatch | FindingKind::Doubtful | FindingKind::Unread
    );
    is_about_claims && finding.path.starts_with(&claim.path())
}

/// The folder or glob whose file the finding is in.
fn place(finding: &Finding, policies: &Policies, written: &Written) -> Span {
    let mut before = finding
        .place
        .as_ref()
        .map_or(usize::MAX, |place| place.file);
    for folder in &policies.folders {
        if before < folder.files.len() {
            return folder.pattern.span();
        }
        before -= folder.files.len();
    }
    written.span
}

#[allow(
    clippy::disallowed_methods,
    reason = "how Cargo tells a macro whose crate it is in"
)]
pub(super) fn manifest() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
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
        assert!(expanded(MIGRATIONS, &fields).contains("[deprecated"));
        let fields = quote!(tenant_id: String, #[claim(unread)] plan: String);
        assert!(!expanded(MIGRATIONS, &fields).contains("[deprecated"));
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
