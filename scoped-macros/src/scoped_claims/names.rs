//! Where claims are in the token, and which places are taken.

use proc_macro2::Span;
use syn::{Attribute, Ident, LitStr};

use super::model::{Claim, Clash};
use crate::support::errors::Errors;
use crate::support::registered;

/// What users can edit of themselves (`auth.updateUser`).
const USER_METADATA: &str = "user_metadata";

/// Refuses an empty name, and one that PostgreSQL cannot hold, of the object that a claim is in.
pub(super) fn check_part(name: &LitStr, errors: &mut Errors) -> bool {
    if name.value().is_empty() {
        let message = "an object's name cannot be empty; name it, as in `under = \"app_metadata\"`";
        errors.at(name, message);
        return false;
    }
    check_name(&name.value(), name.span(), errors)
}

/// The same for the claim itself.
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

/// Refuses what the runtime sets itself, and what users can edit. `is_object` if the name is that of an
/// object which claims are put under.
pub(super) fn check_root(
    root: &str,
    span: Span,
    is_object: bool,
    allow_user_metadata: bool,
    errors: &mut Errors,
) {
    if registered::is_reserved(root) {
        let remedy = if is_object {
            "use another object"
        } else {
            "rename this field"
        };
        errors.span(
            span,
            format!("claim `{root}` is set by the runtime; {remedy}"),
        );
    } else if root == USER_METADATA && !allow_user_metadata {
        errors.span(
            span,
            "users can edit `user_metadata`, so no policy may trust it; use `app_metadata`, or write \
             `#[scoped_claims(allow_user_metadata)]`",
        );
    }
}

/// The paths that are taken.
#[derive(Default)]
pub(super) struct Names {
    taken: Vec<(Vec<String>, Ident, Vec<Attribute>)>,
    pub(super) clashes: Vec<Clash>,
}

impl Names {
    pub(super) fn take(&mut self, claim: &Claim, field: &Ident, errors: &mut Errors) {
        let (path, span, cfgs) = (claim.path(), claim.span, &claim.cfgs);
        for (taken, first, earlier) in &self.taken {
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
            if cfgs.is_empty() || earlier.is_empty() {
                errors.span(span, message);
                break;
            }
            // Only the compiler knows whether both fields exist.
            let cfgs = earlier.iter().chain(cfgs).cloned().collect();
            self.clashes.push(Clash {
                cfgs,
                span,
                message,
            });
        }
        self.taken.push((path, field.clone(), cfgs.clone()));
    }
}
