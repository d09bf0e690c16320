//! The paths of claims in the token, and which of them are taken.

use proc_macro2::Span;
use syn::{Attribute, Ident, LitStr};

use super::model::ClaimLocation;
use crate::support::errors::{ConditionalError, Errors};
use scoped_rules::registered::{USER_METADATA, is_reserved};

/// Reports an object's name that is empty or that PostgreSQL cannot store.
pub(super) fn check_part(name: &LitStr, errors: &mut Errors) -> bool {
    if name.value().is_empty() {
        let message = "an object's name cannot be empty; name it, as in `under = \"app_metadata\"`";
        errors.at(name, message);
        return false;
    }
    check_name(&name.value(), name.span(), errors)
}

/// Reports a claim's name that is empty or that PostgreSQL cannot store.
pub(super) fn check_name(name: &str, span: Span, errors: &mut Errors) -> bool {
    let message = if name.is_empty() {
        "a claim's name cannot be empty; rename this field"
    } else if name.contains('\0') {
        "a claim's name cannot have a NUL character, which PostgreSQL cannot hold; remove it"
    } else {
        return true;
    };
    errors.span(span, message);
    false
}

/// Reports a claim that the runtime sets itself or that users can edit. `remedy` says what to do instead.
pub(super) fn check_root(
    root: &str,
    span: Span,
    remedy: &str,
    allow_user_metadata: bool,
    errors: &mut Errors,
) {
    if is_reserved(root) {
        errors.span(
            span,
            format!("claim `{root}` is set by the runtime; {remedy}"),
        );
    } else {
        check_metadata(root, span, allow_user_metadata, errors);
    }
}

/// Reports a claim that users can edit.
pub(super) fn check_metadata(root: &str, span: Span, allowed: bool, errors: &mut Errors) {
    if root == USER_METADATA && !allowed {
        errors.span(
            span,
            "users can edit `user_metadata`, so no policy may trust it; use `app_metadata`, or write \
             `#[scoped_claims(allow_user_metadata)]`",
        );
    }
}

/// The paths that are taken.
#[derive(Default)]
pub(super) struct TakenPaths {
    taken: Vec<(Vec<String>, Ident, Vec<Attribute>)>,
    pub(super) clashes: Vec<ConditionalError>,
}

impl TakenPaths {
    /// Takes a path for a field with these `#[cfg]` attributes. A field may take several.
    pub(super) fn take(
        &mut self,
        place: ClaimLocation,
        field: &Ident,
        cfgs: &[Attribute],
        errors: &mut Errors,
    ) {
        let ClaimLocation { path, span } = place;
        for (taken, first, earlier) in &self.taken {
            if first == field {
                continue;
            }
            let shown = |path: &[String]| path.join(".");
            let message = if *taken == path {
                let name = shown(&path);
                format!("claim `{name}` comes from field `{first}` already; rename one of the two")
            } else if path.starts_with(taken) {
                let name = shown(taken);
                format!(
                    "claim `{name}` is the value of field `{first}` already; rename one of the two"
                )
            } else if taken.starts_with(&path) {
                let name = shown(&path);
                format!(
                    "claim `{name}` is the object that field `{first}` is in; rename one of the two"
                )
            } else {
                continue;
            };
            if cfgs.is_empty() && earlier.is_empty() {
                errors.span(span, message);
                break;
            }
            // Only the compiler knows whether both fields exist.
            let cfgs = earlier.iter().chain(cfgs).cloned().collect();
            self.clashes.push(ConditionalError {
                cfgs,
                span,
                message,
            });
        }
        self.taken.push((path, field.clone(), cfgs.to_vec()));
    }
}
