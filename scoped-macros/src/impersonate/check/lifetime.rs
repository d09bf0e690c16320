//! Whether literal durations go together.

use syn::{Lit, LitBool};

use super::super::parse::Written;
use super::scope::Scope;
use super::value::{literal, seconds};
use crate::support::errors::Errors;

/// What tokens live without `expires_in`, unless their claims say otherwise.
const DEFAULT_SECONDS: u64 = 3600;

pub(super) fn check(written: &Written, errors: &mut Errors) {
    check_scope(&Scope::of_attribute(written), errors);
    for client in &written.clients {
        check_scope(&Scope::of_client(written, client), errors);
    }
}

/// Looks only at what the scope itself says something about: the rest was looked at before.
fn check_scope(scope: &Scope<'_>, errors: &mut Errors) {
    let says = |name| scope.own.value(name).is_some();
    let Some(margin) = scope.value("refresh_before") else {
        return;
    };
    if let Some(Lit::Bool(LitBool { value: false, .. })) =
        scope.value("auto_refresh").and_then(literal)
        && (says("refresh_before") || says("auto_refresh"))
    {
        let message =
            "`refresh_before` means nothing with `auto_refresh = false`; remove one of them";
        errors.at(margin, message);
    } else if let (Some(margin_seconds), Some(life)) = (seconds(margin), life(scope))
        && margin_seconds >= life
        && (says("refresh_before") || says("expires_in"))
    {
        let message = "`refresh_before` is not below `expires_in`, so every request would mint a token; make it shorter, or the token's life longer";
        errors.at(margin, message);
    }
}

/// The life of the tokens, if it is known when this is compiled.
fn life(scope: &Scope<'_>) -> Option<u64> {
    match (scope.value("expires_in"), scope.is_attempted("claims")) {
        (Some(life), _) => seconds(life),
        (None, false) => Some(DEFAULT_SECONDS),
        (None, true) => None,
    }
}
