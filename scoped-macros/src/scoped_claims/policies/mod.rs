//! Compares the claims with the SQL of the policies that read them.

mod enum_tests;
mod folder;
mod history;
mod options;
mod parse;
#[cfg(test)]
mod tests;
mod type_checks;
mod type_question;

use std::path::{Path, PathBuf};

use proc_macro2::Span;

use super::model::{Claim, Field, Model};
use crate::support::errors::Errors;
pub(super) use enum_tests::EnumTest;
pub(super) use folder::Folder;
pub(super) use history::shown;
pub(super) use parse::WrittenPolicies;
use scoped_rules::policies::{Finding, FindingKind, KnownClaim, Severity, TokenClaims, compare};
use scoped_rules::registered;
pub(super) use type_checks::TypeCheck;
use type_question::TypeQuestion;

/// The SQL that was read, and everything to report about it except errors.
#[derive(Default)]
pub(super) struct Policies {
    pub(super) folders: Vec<Folder>,
    pub(super) warnings: Vec<Warning>,
    /// Checks that need the type system.
    pub(super) type_checks: Vec<TypeCheck>,
    /// Checks that need to run code.
    pub(super) enum_tests: Vec<EnumTest>,
}

/// A warning.
pub(super) struct Warning {
    pub(super) span: Span,
    /// The name of the finding's kind.
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// Reads the SQL and compares it with the claims.
pub(super) fn check(written: &WrittenPolicies, model: &Model, errors: &mut Errors) -> Policies {
    check_in(&manifest(), written, model, errors)
}

fn check_in(
    manifest: &Path,
    written: &WrittenPolicies,
    model: &Model,
    errors: &mut Errors,
) -> Policies {
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
    // A part of a history could contain policies that a later file drops.
    if policies.folders.len() == written.paths.len() {
        compare_all(manifest, &name, written, model, &mut policies, errors);
    }
    policies
}

fn compare_all(
    manifest: &Path,
    name: &str,
    written: &WrittenPolicies,
    model: &Model,
    policies: &mut Policies,
    errors: &mut Errors,
) {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &mut policies.folders {
        // A file that two globs name is read with the first one.
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
    let known = known_claims(model);
    let options = options::options(written, name, &known, &project, errors);
    let target = TokenClaims {
        name,
        claims: &known,
        set_by_runtime: registered::set_by_the_runtime(),
    };
    let claims = || model.fields.iter().filter_map(|field| field.claim.as_ref());
    for finding in compare(&project, &target, &options) {
        let claim = claims().find(|claim| concerns(&finding, claim));
        if finding.kind == FindingKind::Unread && claim.is_some_and(|claim| claim.flags.unread) {
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
    for mut question in TypeQuestion::all(model, &project, &target, &options) {
        policies.type_checks.extend(TypeCheck::questions(&question));
        policies
            .enum_tests
            .extend(EnumTest::questions(&mut question));
    }
}

/// The claims of the struct, as the engine knows them.
fn known_claims(model: &Model) -> Vec<KnownClaim> {
    let claims = model.fields.iter().filter_map(|field| field.claim.as_ref());
    let mut known: Vec<KnownClaim> = Vec::new();
    for claim in claims {
        // One claim may have two fields with different `#[cfg]`.
        if !known.iter().any(|known| known.path == claim.path()) {
            known.push(as_known(claim));
        }
    }
    let is_nameless = |field: &Field| field.claim.is_none() && field.asks.serialize;
    // A field with a mistake in its name may be any claim that a policy reads.
    if model.fields.iter().any(is_nameless) {
        known.push(KnownClaim::anything(Vec::new()));
    }
    known
}

fn as_known(claim: &Claim) -> KnownClaim {
    if !claim.cfgs.is_empty() {
        return KnownClaim::anything(claim.path());
    }
    let constraints = claim.constraints.iter();
    let constraints = constraints.map(|written| &written.constraint);
    KnownClaim::new(claim.path(), claim.shape.kind, constraints)
}

/// Whether the finding is about this claim, so that it is reported at its field.
fn concerns(finding: &Finding, claim: &Claim) -> bool {
    let is_about_claims = matches!(
        finding.kind,
        FindingKind::Mismatch | FindingKind::Doubtful | FindingKind::Unread
    );
    is_about_claims && finding.path.starts_with(&claim.path())
}

/// The span of the folder or glob with the file of the finding.
fn place(finding: &Finding, policies: &Policies, written: &WrittenPolicies) -> Span {
    let mut before = finding
        .location
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

#[expect(
    clippy::disallowed_methods,
    reason = "how Cargo tells a macro whose crate it is in"
)]
pub(super) fn manifest() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
}
