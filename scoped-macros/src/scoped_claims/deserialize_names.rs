//! The names that serde reads a field from. Each of them names a claim, as the name that serde writes does,
//! because a claim that is read may be signed again.

use syn::LitStr;
use syn::ext::IdentExt;

use super::claim_arguments::ClaimArguments;
use super::claim_paths;
use super::model::ClaimLocation;
use super::parse::WrittenField;
use super::serde_attributes::SerdeOnField;
use super::struct_arguments::StructContext;
use crate::support::errors::Errors;

/// The names of the objects that contain the claim of a field.
pub(super) fn objects(claim: &ClaimArguments, context: &StructContext) -> Vec<String> {
    let under = context.options.under.iter().chain(&claim.under);
    under.map(LitStr::value).collect()
}

/// The paths that serde reads the field from: its name for reading, and its aliases.
pub(super) fn read(
    written: &WrittenField,
    claim: &ClaimArguments,
    serde: &SerdeOnField,
    context: &StructContext,
    errors: &mut Errors,
) -> Vec<ClaimLocation> {
    let mut names: Vec<_> = serde.read_renames.iter().collect();
    if names.is_empty() {
        names.extend(&claim.rename);
    }
    let told = |name: &LitStr| (name.value(), name.span());
    let mut read: Vec<_> = names.into_iter().map(told).collect();
    if let (true, Some(rule)) = (read.is_empty(), context.read_rule) {
        let field = written.name.unraw().to_string();
        if let Some(name) = rule.apply(&field) {
            read.push((name, written.name.span()));
        } else {
            let message = "serde's `camelCase` fails on this name; rename this field";
            errors.at(&written.name, message);
        }
    }
    read.extend(serde.aliases.iter().map(told));
    let mut places: Vec<ClaimLocation> = Vec::new();
    for (name, span) in read {
        let mut path = objects(claim, context);
        path.push(name);
        if places.iter().all(|place| place.path != path) {
            places.push(ClaimLocation { path, span });
        }
    }
    places
}

/// Checks the names like names of claims, because a claim that is read may be signed again. A field that is
/// never written may read a claim that the runtime sets.
pub(super) fn check(
    read: &[ClaimLocation],
    written: Option<&ClaimLocation>,
    context: &StructContext,
    errors: &mut Errors,
) {
    let allow = context.options.allow_user_metadata;
    for place in read {
        let ClaimLocation { path, span } = place;
        if written.is_some_and(|written| written.path == *path) {
            continue;
        }
        let [.., name] = path.as_slice() else {
            continue;
        };
        let is_named = claim_paths::check_name(name, *span, errors);
        if !is_named || path.len() > 1 {
            continue;
        }
        if written.is_some() {
            let remedy = "read it from another name";
            claim_paths::check_root(name, *span, remedy, allow, errors);
        } else {
            claim_paths::check_metadata(name, *span, allow, errors);
        }
    }
}
